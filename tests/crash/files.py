"""Invented placement files: credit cards and invoices, as large as a test can bear. The same every time."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from random import Random

CARDS = [
    "姓名", "身份证号", "卡号", "欠款本金", "利息", "违约金", "逾期日期", "手机", "家庭电话", "单位电话", "户籍地址",
    "单位名称", "联系人1姓名", "联系人1关系", "联系人1电话", "联系人2姓名", "联系人2关系", "联系人2电话", "委案日期",
    "退案日", "委外告知日", "手别", "逾期阶段", "备注",
]  # fmt: skip
INVOICES = [
    "countryCode", "customerID", "PaperlessDate", "invoiceNumber", "InvoiceDate", "DueDate", "InvoiceAmount",
    "Disputed", "SettledDate", "PaperlessBill", "DaysToSettle", "DaysLate",
]  # fmt: skip
DIGITS = "零一二三四五六七八九"
CARD_FILE, INVOICE_FILE, PILE = "cards.csv", "invoices.csv", "pile.csv"


def cards(path: Path, count: int, *, first: int = 0, bad: int = 0) -> Path:
    """`count` cards of as many people from number `first` on; the last `bad` rows have an impossible amount."""
    rows = [_card(first + n, wrong=n >= count - bad) for n in range(count)]
    return _write(path, CARDS, rows)


def invoices(path: Path, count: int, *, first: int = 0, customers: int = 60) -> Path:
    """`count` invoices of a B2B supplier in the columns of the IBM sample: some paid, some disputed, of 2026."""
    seeded = Random(first)
    return _write(
        path, INVOICES, [_invoice(first + n, n % customers, seeded) for n in range(count)]
    )


def _write(path: Path, header: list[str], rows: Iterable[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def _card(n: int, *, wrong: bool) -> list[str]:
    name = "试" + "".join(DIGITS[int(digit)] for digit in str(n))
    born = dt.date(1900, 1, 1) + dt.timedelta(n % 3600)
    due = dt.date(2026, 3, 1) + dt.timedelta(n % 200)
    principal = "-1.00" if wrong else f"{1000 + 37 * n % 50000}.{n % 100:02d}"
    penalty = "200" if n % 3 == 0 else ""
    own = f"1380000{n % 10000:04d}"
    other = f"1380000{(n + 5000) % 10000:04d}"
    return [
        name, _identity(f"990101{born:%Y%m%d}{n // 3600 + 1:03d}"), _luhn(f"622200{n:09d}"), principal, "310.5",
        penalty, due.isoformat(), own, "", "", f"测试省试验市样例路{n}号", f"试验{n % 50}公司", f"联系{n}", "配偶",
        other, "", "", "", "2026-11-02", "2027-01-31", "2026-10-20", "一手", "M3", "",
    ]  # fmt: skip


def _invoice(n: int, customer: int, seeded: Random) -> list[str]:
    invoiced = dt.date(2026, 4, 1) + dt.timedelta(seeded.randrange(150))
    settled = invoiced + dt.timedelta(seeded.randrange(20, 60)) if seeded.random() < 0.5 else None
    disputed = "Yes" if seeded.random() < 0.2 else "No"
    return [
        "391", f"{customer:04d}-TEST", "", f"{n:010d}", _american(invoiced), _american(invoiced + dt.timedelta(30)),
        f"{seeded.randrange(10_00, 9000_00) / 100:.2f}", disputed, _american(settled) if settled else "", "Paper",
        "", "",
    ]  # fmt: skip


def _american(day: dt.date) -> str:
    return f"{day.month}/{day.day}/{day.year}"


def _identity(digits: str) -> str:
    """With the check digit of GB 11643 (MOD 11-2)."""
    weighted = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(digits))
    return digits + "10X98765432"[weighted % 11]


def _luhn(digits: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)
