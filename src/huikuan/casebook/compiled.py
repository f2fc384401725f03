"""Compiled text of packs: kept with the version, so that no day and no process compiles it again."""

from __future__ import annotations

import hmac
from collections.abc import Callable

import ibis
from django.db import connection
from django.db.models.fields.json import KeyTextTransform

from huikuan.casebook.models import PackVersion
from huikuan.casebook.sealed import index
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
    kept = row.values_list(KeyTextTransform(key, "compiled"), flat=True).get()
    sql = _own(kept or "", version, key)
    if sql is None:
        sql = make()
        with connection.cursor() as cursor:  # beside what other processes keep there meanwhile
            cursor.execute(
                "UPDATE casebook_packversion SET compiled = compiled || jsonb_build_object(%s::text, %s::text) WHERE id = %s",
                [key, f"{_seal(version, key, sql)}\n{sql}", version.pk],
            )
    _texts[version.hash, key] = sql
    return sql


def _own(kept: str, version: PackVersion, key: str) -> str | None:
    """The SQL that this program kept for the version; None where it is missing, or was written by
    somebody else: the day would be planned by a text that nobody signed.
    """
    seal, _line, sql = kept.partition("\n")
    if not sql or not hmac.compare_digest(seal.encode(), _seal(version, key, sql).encode()):
        return None
    return sql


def _seal(version: PackVersion, key: str, sql: str) -> str:
    """By the key of the house, which the database does not hold."""
    return index("compiled", f"{version.hash}:{key}:{sql}").hex()
