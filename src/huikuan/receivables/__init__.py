"""Receivables: the statement of a customer and a month, from its draft to the invoice."""
