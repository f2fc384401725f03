"""The vocabulary as a table of docs/packs.md: `python -m huikuan.engine.vocabulary_page docs/packs.md` writes it."""

from __future__ import annotations

import sys
from pathlib import Path

from huikuan.engine.fact import Fact
from huikuan.engine.moments import TIMED
from huikuan.engine.vocabulary import Vocabulary, standard

BEGIN, END = "<!-- vocabulary: begin -->", "<!-- vocabulary: end -->"
HEADINGS = {
    "run": "The day that is planned, for every step and contact rule",
    "case": "Facts of a case, for its steps, those of its items and statements, and contact rules",
    "act": "Facts of an act of contact, for contact rules only",
}


def table(vocabulary: Vocabulary) -> str:
    """One Markdown table for the day, for each subject, and for an act of contact."""
    parts = []
    for subject in dict.fromkeys(fact.subject for fact in vocabulary):
        heading = HEADINGS.get(subject, f"Facts of `per: {subject}`, beside those of its ancestors")
        rows = [_row(fact) for fact in vocabulary if fact.subject == subject]
        head = ["| fact | type | 中文 | meaning | source |", "|---|---|---|---|---|"]
        parts.append("\n".join([f"### {heading}", "", *head, *rows]))
    return "\n\n".join(parts)


def events() -> str:
    """One Markdown table of what clocks may name: the events of each subject, and its counts."""
    parts = [
        "### Events of which clocks may speak",
        "",
        "A clock names the events of its subject and of what that belongs to.",
        "",
        "| subject | belongs to | events | counts of a table of lengths |",
        "|---|---|---|---|",
    ]
    for timed in TIMED.values():
        named = ", ".join(f"`{event.name}` {event.title[0]}" for event in timed.events)
        counted = ", ".join(f"`{name}`" for name in timed.counts)
        parts.append(f"| `{timed.name}` {timed.title[0]} | {timed.parent} | {named} | {counted} |")
    return "\n".join(parts)


def _row(fact: Fact) -> str:
    kind = (
        fact.type
        if not fact.options
        else "text: " + ", ".join(f"`{option}`" for option in fact.options)
    )
    source = fact.source
    if fact.expr:
        source = f"derived: `{fact.expr}`"
    if fact.total:
        source = f"each {fact.total.over} with `{fact.total.where}`"
    cells = (f"`{fact.name}`", kind, fact.zh, fact.meaning, source)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def updated(page: str, vocabulary: Vocabulary) -> str:
    """The page with the table of this vocabulary between its two marks. ValueError when a mark is missing."""
    before, rest = page.split(BEGIN)
    _old, after = rest.split(END)
    return f"{before}{BEGIN}\n\n{table(vocabulary)}\n\n{events()}\n\n{END}{after}"


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(updated(file.read_text(encoding="utf-8"), standard()), encoding="utf-8")
