"""How commands write for people what pages show: amounts with their currency, in their language."""

from __future__ import annotations

from django.utils.translation import get_language

from huikuan.lib.money import format_minor


def money(minor: int, currency: str) -> str:
    """An amount of minor units: ¥12,908.00."""
    return format_minor(minor, currency, get_language() or "zh-hans")
