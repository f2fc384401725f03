"""Allocation 分案: who works which case, by which principle, and how a case is taken over, returned or kept."""
