"""Holds 停催: proposed by whoever hears the reason, set and ended by the team lead, reaching as far as their scope."""
