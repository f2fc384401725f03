"""Figures on pages: each with its title, its meaning and its code. `{% load huikuan_reports %}`."""

from __future__ import annotations

from typing import Any

from django import template

from huikuan.reports.day import Figures
from huikuan.reports.measures import BY_CODE, Measure
from huikuan.web.templatetags.huikuan_web import NONE, count, money

register = template.Library()


@register.filter
def amounts(figures: Figures, measure: str) -> list[tuple[str, int]]:
    """Currency and minor units of a measure."""
    return figures.amounts(measure)


@register.simple_tag
def amounts_text(figures: Figures, measure: str) -> str:
    """The amounts of a measure in one line: ¥1,200.00 US$30.00."""
    return " ".join(money(minor, currency) for currency, minor in figures.amounts(measure))


@register.filter
def measures(codes: str) -> list[Measure]:
    """The measures with these codes, parted by blanks."""
    return [BY_CODE[code] for code in codes.split()]


@register.filter
def title(code: str) -> str:
    """The title of a measure: the same word on every page."""
    return BY_CODE[code].shown_title


@register.filter
def meaning(code: str) -> str:
    """What a measure counts."""
    return BY_CODE[code].shown_meaning


@register.inclusion_tag("reports/figure.html")
def figure(
    figures: Figures, code: str, beside: str = "", tone: str = "", href: str = ""
) -> dict[str, Any]:
    """A card with one measure; `beside`: the code of another one that stands below it.

    `tone` bad or warn only colours what is there: a zero alarms nobody.
    """
    if tone in ("bad", "warn") and not figures.numbers[code]:
        tone = ""

    told: dict[str, Any] = {
        "code": code,
        "label": title(code),
        "meaning": meaning(code),
        "value": _value(figures, code),
        "tone": tone,
        "href": href,
    }

    if beside:
        told["beside"] = {
            "code": beside,
            "label": title(beside),
            "value": _value(figures, beside),
        }
    return told


def _value(figures: Figures, code: str) -> str:
    """As the page shows it: a number, or the amounts of all currencies."""
    if BY_CODE[code].kind == "money":
        return amounts_text(figures, code) or NONE
    return count(figures.numbers[code])
