"""Every shipped fact, declared once: type, words, source, and how the history is folded."""
