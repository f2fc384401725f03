"""A mail to the debtor about everything that is open: read, changed, sent, and a contact."""
