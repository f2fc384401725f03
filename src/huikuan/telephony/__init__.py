"""Telephony 通话: dialling through a link or a telephone system, and what the line reports of the call."""
