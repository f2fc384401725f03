"""A decision in words and as JSON: which rule, which clause, since which facts, and from when it would be allowed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huikuan.casebook.models import GateDecision
from huikuan.engine import vocabulary
from huikuan.web.pack_words import fact_label, fact_value


@dataclass(frozen=True)
class Said:
    """One rule that spoke, in the reader's language. `code` and `clause` are what the compliance card shows."""

    code: str
    title: str
    clause: str
    strength: str
    confirm: bool
    unknown: bool
    facts: tuple[str, ...]


def said(decision: GateDecision) -> list[Said]:
    """Every rule that spoke: those that refused first, then those that only warn."""
    return [_said(entry, decision.case.currency) for entry in decision.rules]


def _said(entry: dict[str, Any], currency: str) -> Said:
    language = _language()
    title = entry["title"].get(language) or entry["title"].get("en", entry["rule"])
    confirm = entry["confidence"] in ("V2", "V2-")
    return Said(
        entry["rule"],
        title,
        entry["clause"],
        entry["strength"],
        confirm,
        entry["unknown"],
        tuple(shown(entry["facts"].items(), currency)),
    )


def shown(facts: Iterable[tuple[str, Any]], currency: str) -> list[str]:
    """Facts as `name: value` in the reader's language; what nobody knows is said to be unknown."""
    known = [(name, value) for name, value in facts if vocabulary.standard().get(name)]
    return [
        _("{name}: {value}").format(
            name=fact_label(name),
            value=_("unknown") if value is None else fact_value(name, value, currency),
        )
        for name, value in known
    ]


def _language() -> str:
    return "zh" if (get_language() or "zh").startswith("zh") else "en"


def as_json(decision: GateDecision) -> dict[str, Any]:
    """The keys that docs/cli.md promises. decision: id of the kept decision, null when it was only asked."""
    refusing = next((entry for entry in decision.rules if entry["strength"] != "advice"), None)
    return {
        "case": decision.case.number,
        "point": decision.point_id,
        "channel": decision.channel,
        "target": decision.facts.get("target"),
        "purpose": decision.facts.get("purpose"),
        "at": decision.at.isoformat(),
        "asked_at": decision.act.at.isoformat() if decision.act_id else None,
        "allowed": decision.allowed,
        "rule": refusing["rule"] if refusing else None,
        "clause": refusing["clause"] if refusing else None,
        "strength": refusing["strength"] if refusing else None,
        "earliest": decision.earliest_at.isoformat() if decision.earliest_at else None,
        "spoke": decision.rules,
        "facts": decision.facts,
        "packs": decision.packs,
        "decision": decision.pk,
    }
