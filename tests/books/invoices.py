"""Invoices of invented business customers, in the columns of the shipped mapping `ibm_ar`."""

from __future__ import annotations

import csv
import datetime as dt
import random
from pathlib import Path

COLUMNS = (
    "countryCode",
    "customerID",
    "PaperlessDate",
    "invoiceNumber",
    "InvoiceDate",
    "DueDate",
    "InvoiceAmount",
    "Disputed",
    "SettledDate",
    "PaperlessBill",
    "DaysToSettle",
    "DaysLate",
)
FIRST_DAY = dt.date(2012, 1, 3)
#: Days over which the invoices are spread: two years.
SPAN = 720
TERM_DAYS = 30
INVOICES_PER_CUSTOMER = (15, 35)
#: Days from invoice to payment: customers differ, and so do their invoices.
DAYS_TO_PAY = (5, 50)
#: One invoice in so many is disputed.
DISPUTED_ONE_IN = 5


def write_invoices(path: Path, customers: int) -> Path:
    """Writes the same file on every run."""
    chance = random.Random(9)
    number = 100_000

    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for index in range(customers):
            customer = f"{1000 + index * 137:04d}-TEST{chr(ord('A') + index % 26)}"
            slowness = chance.randint(*DAYS_TO_PAY)
            for _ in range(chance.randint(*INVOICES_PER_CUSTOMER)):
                number += chance.randint(1, 900)
                writer.writerow(invoice(chance, customer, number, slowness))
    return path


def invoice(chance: random.Random, customer: str, number: int, slowness: int) -> list[object]:
    """One line of the file."""
    made_on = FIRST_DAY + dt.timedelta(chance.randint(0, SPAN))
    due_on = made_on + dt.timedelta(TERM_DAYS)
    days = max(1, slowness + chance.randint(-10, 10))
    amount = f"{chance.randint(500, 15_000) / 100:.2f}"
    disputed = "Yes" if chance.randrange(DISPUTED_ONE_IN) == 0 else "No"

    return [
        391,
        customer,
        written(FIRST_DAY),
        number,
        written(made_on),
        written(due_on),
        amount,
        disputed,
        written(made_on + dt.timedelta(days)),
        "Paper",
        days,
        max(0, days - TERM_DAYS),
    ]


def written(on: dt.date) -> str:
    """A day as the file writes it: 1/26/2013."""
    return f"{on.month}/{on.day}/{on.year}"
