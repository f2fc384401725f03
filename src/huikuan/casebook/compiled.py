"""Compiled text of packs: kept with the version, so that no day and no process compiles it again."""

from __future__ import annotations

from collections.abc import Callable

import ibis
from django.db import connection
from django.db.models.fields.json import KeyTextTransform

from huikuan.casebook.models import PackVersion
from huikuan.engine import vocabulary
from huikuan.engine.compile import VERSION

#: By content, not by row: equal files mean equal packs. (pack hash, key) → SQL.
_texts: dict[tuple[str, str], str] = {}


def text(version: PackVersion, purpose: str, others: list[str], make: Callable[[], str]) -> str:
    """The SQL of a version for a purpose beside `others` (hashes of packs compiled in); made at most once."""
    key = ":".join(
        [
            purpose,
            f"{vocabulary.VERSION}.{VERSION}",
            "postgres",
            ibis.__version__,
            *(other[:12] for other in others),
        ]
    )
    if (version.hash, key) in _texts:
        return _texts[version.hash, key]
    row = PackVersion.objects.filter(pk=version.pk)
    stored = row.values_list(KeyTextTransform(key, "compiled"), flat=True).get()
    if stored is None:
        stored = make()
        with connection.cursor() as cursor:  # beside what other processes keep there meanwhile
            cursor.execute(
                "UPDATE casebook_packversion SET compiled = compiled || jsonb_build_object(%s::text, %s::text) WHERE id = %s",
                [key, stored, version.pk],
            )
    _texts[version.hash, key] = str(stored)
    return str(stored)
