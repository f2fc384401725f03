"""Contacts 催收记录: what happened in a call, a visit or a letter, and all that follows from it, in one transaction."""
