"""The contact core 催收记录: what happened in a contact, and all that follows from it.

Rooms that speak to debtors lie above it: each records its contacts here, in one transaction.
"""
