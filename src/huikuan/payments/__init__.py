"""Payments 还款: posted once, matched to cases, set against costs, interest, principal in turn; reversed as a whole."""
