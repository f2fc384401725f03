"""Clocks 时限: what packs declare, worked out from what happened, watched, extended."""
