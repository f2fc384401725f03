"""Calls 通话: the guided call, and the form of every other contact that somebody records."""
