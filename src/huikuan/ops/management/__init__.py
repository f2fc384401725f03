"""Django commands that are not ours alone."""
