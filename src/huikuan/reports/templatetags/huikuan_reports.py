"""Filters of the reports. `{% load huikuan_reports %}`."""

from __future__ import annotations

from django import template

from huikuan.reports.day import Figures
from huikuan.web.templatetags.huikuan_web import money

register = template.Library()


@register.filter
def amounts(figures: Figures, measure: str) -> list[tuple[str, int]]:
    """Currency and minor units of a measure."""
    return figures.amounts(measure)


@register.simple_tag
def amounts_text(figures: Figures, measure: str) -> str:
    """The amounts of a measure in one line: ¥1,200.00 US$30.00."""
    return " ".join(money(minor, currency) for currency, minor in figures.amounts(measure))
