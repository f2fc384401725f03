"""Complaints 投诉: received by every way, answered by somebody without an interest in them."""
