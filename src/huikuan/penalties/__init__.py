"""Penalties 惩罚: proposed by a person, told, appealed against, decided by another."""
