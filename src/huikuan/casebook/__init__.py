"""The case book: every table but people's, the one join that makes facts, and the one door to cases."""
