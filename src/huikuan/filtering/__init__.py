"""Filtering of new cases 新案过滤: every field read, a class given, what is missing asked for."""
