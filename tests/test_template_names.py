"""What a template asks of an object is never the method of a mapping that has no such key.

`{{ counts.items }}` is a count where the mapping has the key `items`, and its method where not: the
page then dies with what no page may say. Such names are asked of classes of ours alone.
"""

from __future__ import annotations

import re
from dataclasses import fields
from functools import cached_property
from pathlib import Path

import huikuan
from huikuan.contacts.file import File
from huikuan.desk.file import Owed
from huikuan.reports.ageing import Line

ROOT = Path(huikuan.__file__).parent
METHODS = sorted(name for name in dir(dict) if not name.startswith("_"))
ASKED = re.compile(r"\b([\w.]+)\.(" + "|".join(METHODS) + r")\b")
#: A loop over pairs asks a mapping for its pairs, and means it.
PAIRS = re.compile(r"\{% for \w+, \w+ in [\w.]+\.items %\}")
TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
#: Template and object → its class, which has a field of the name.
CLASSES: dict[tuple[str, str], type] = {
    ("fields.html", "file"): File,
    ("case.html", "owed"): Owed,
    ("ageing_cells.html", "line"): Line,
}


def asked() -> dict[tuple[str, str], str]:
    """Template and object → the name of a mapping's method that is asked of it."""
    found = {}
    for path in ROOT.glob("*/templates/**/*.html"):
        for tag in TAG.findall(path.read_text("utf-8")):
            plain = re.sub(r'"[^"]*"', "", PAIRS.sub("", tag))
            for owner, name in ASKED.findall(plain):
                found[path.name, owner] = name
    return found


def _has(owner_class: type, name: str) -> bool:
    """Whether the class has it as a field or a property: it is no mapping."""
    declared = isinstance(vars(owner_class).get(name), property | cached_property)
    return declared or name in {each.name for each in fields(owner_class)}


def test_the_name_of_a_mappings_method_is_asked_of_classes_alone() -> None:
    wrong = []
    for (template, owner), name in asked().items():
        owner_class = CLASSES.get((template, owner))
        if owner_class is None or not _has(owner_class, name):
            wrong.append(f"{template}: {owner}.{name}")
    assert wrong == []


def test_the_end_of_a_deadline_is_shown_in_one_way() -> None:
    """A whole day ends at 24:00; written as 00:00 of the next it reads like the next day."""
    plain = re.compile(r"due_at\|(?!ends_at)")
    templates = ROOT.glob("*/templates/**/*.html")
    assert [path.name for path in templates if plain.search(path.read_text("utf-8"))] == []
