"""Complaints 投诉: received by every way, accepted point by point, answered by somebody without an interest."""
