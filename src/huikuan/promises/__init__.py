"""Promises 承诺还款: making them, and what became of them. Other rooms use this one; its table is in the case book."""
