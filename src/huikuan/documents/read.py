"""Lists documents and gives their bytes: to a person as a recorded act."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.db import transaction
from django.db.models import Q, QuerySet

from huikuan.casebook import journal, sealed
from huikuan.casebook.about import About
from huikuan.casebook.access import visible_cases
from huikuan.casebook.models import Document, DocumentPart, Reveal
from huikuan.documents.sentences import problem
from huikuan.lib.sentences import Refusal
from huikuan.people.models import User


class Changed(Exception):
    """The stored bytes are not those that were kept: somebody wrote past the product."""


def visible_documents(user: User) -> QuerySet[Document]:
    """Documents that the user may know of.

    Those of the cases that they see; of a subject without a case, by house and client.
    """
    if not user.is_active or user.organisation_id is None:
        return Document.objects.none()

    house = Document.objects.filter(organisation_id=user.organisation_id)
    of_cases = Q(case__in=visible_cases(user).values("pk"))
    if user.sees_house:
        return house.filter(of_cases | Q(case=None))
    if user.is_client:
        return house.filter(of_cases | Q(case=None, creditor_id=user.creditor_id or 0))
    return house.filter(of_cases)


def documents_of(subject: About, user: User) -> QuerySet[Document]:
    """The subject's documents that the user sees, the newest first."""
    mine = visible_documents(user)
    about = mine.filter(subject_kind=subject.kind, subject_id=subject.key)
    return about.order_by("-valid_on", "-pk")


@transaction.atomic
def reveal(document_id: int, *, user: User, at: dt.datetime, reason: str) -> tuple[Document, bytes]:
    """A document with its bytes, for a person to look at; the look is recorded.

    Raises Refusal: document.unknown (also for one that the user may not see), document.reason.
    """
    document = visible_documents(user).filter(pk=document_id).first()
    if document is None:
        raise Refusal(problem("document.unknown", document=document_id))
    if not reason.strip():
        raise Refusal(problem("document.reason"))

    act = journal.begin(user, "documents.reveal", at=at, reason=reason.strip())
    Reveal.objects.create(
        act=act, case_id=document.case_id, field="document", subject_id=document.pk
    )
    return document, content_of(document)


def content_of(document: Document) -> bytes:
    """The bytes, for the outbox. Whoever shows them to a person asks `reveal`.

    Raises Changed when they are not the bytes that were kept.
    """
    parts = DocumentPart.objects.filter(document=document).order_by("number")
    content = b"".join(
        sealed.unseal_bytes(bytes(part)) for part in parts.values_list("sealed", flat=True)
    )
    # A part in another document's place opens with the same key: only the hash of the whole tells.
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise Changed(f"document {document.pk} is not what was stored")
    return content
