"""Keeps a document of a subject: its bytes encrypted, once for each subject.

The bytes lie in the database, not in a folder of HUIKUAN_HOME: whichever machine takes the job
finds them, they are written in the transaction of the act, and a backup of the database has them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import unicodedata
from dataclasses import dataclass

from django.db import transaction

from huikuan.casebook import sealed
from huikuan.casebook.about import About
from huikuan.casebook.models import Act, Document, DocumentPart
from huikuan.documents.media import media_type_of
from huikuan.documents.sentences import problem
from huikuan.lib.sentences import Refusal

#: Bytes of a part: what one row holds and one reading needs in memory.
PART = 1 << 20
#: Bytes of the largest document.
LARGEST = 25 << 20
LONGEST_NAME = 255
LONGEST_KIND = 40


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document to be kept. `kind` is data (contract, statement, mail); `media_type` as told."""

    kind: str
    name: str
    content: bytes
    media_type: str = ""


@transaction.atomic
def store(new: NewDocument, *, subject: About, act: Act, on: dt.date, at: dt.datetime) -> Document:
    """The document in the book. The same bytes a second time are the document that is there.

    `on` is the day of the document in the world. Raises Refusal: document.empty, document.large,
    document.name, document.kind.
    """
    _check(new)
    digest = hashlib.sha256(new.content).hexdigest()

    document, is_new = Document.objects.get_or_create(
        subject_kind=subject.kind,
        subject_id=subject.key,
        sha256=digest,
        defaults=subject.columns(act)
        | {
            "kind": new.kind,
            "name": new.name,
            "media_type": media_type_of(new.content, new.media_type),
            "size": len(new.content),
            "valid_on": on,
            "recorded_at": at,
        },
    )

    if is_new:
        _write_parts(document, new.content)
    return document


def _check(new: NewDocument) -> None:
    if not new.content:
        raise Refusal(problem("document.empty", name=new.name))
    if len(new.content) > LARGEST:
        raise Refusal(problem("document.large", name=new.name, limit=LARGEST >> 20))
    if not is_plain_name(new.name):
        raise Refusal(problem("document.name", name=new.name))
    if not new.kind.isidentifier() or len(new.kind) > LONGEST_KIND:
        raise Refusal(problem("document.kind", kind=new.kind))


def is_plain_name(name: str) -> bool:
    """Whether it names a file and nothing else: no folder, no control character, not too long."""
    has_control = any(unicodedata.category(letter) in ("Cc", "Cf") for letter in name)
    names_folder = "/" in name or "\\" in name or name in (".", "..")
    return bool(name.strip()) and len(name) <= LONGEST_NAME and not has_control and not names_folder


def _write_parts(document: Document, content: bytes) -> None:
    parts = []
    for number, start in enumerate(range(0, len(content), PART)):
        piece = sealed.seal_bytes(content[start : start + PART])
        parts.append(DocumentPart(document=document, number=number, sealed=piece))

    DocumentPart.objects.bulk_create(parts)
