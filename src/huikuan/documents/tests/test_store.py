"""Documents are kept once for each subject, encrypted, behind their walls; a look is an act."""

from __future__ import annotations

import datetime as dt

import pytest
from tests import people

from huikuan.casebook.about import About
from huikuan.casebook.models import Act, Case, Document, DocumentPart, Reveal
from huikuan.documents import store as storing
from huikuan.documents.media import may_be_shown, media_type_of
from huikuan.documents.read import Changed, content_of, documents_of, reveal, visible_documents
from huikuan.documents.store import NewDocument, store
from huikuan.lib.sentences import Refusal
from huikuan.ops.made_once import made_once

pytestmark = pytest.mark.django_db
ON = dt.date(2026, 11, 3)
AT = people.moment(ON)
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10


@made_once
def case() -> Case:
    return people.make_case()


def kept(case: Case, content: bytes = PICTURE, subject: About | None = None, **more: str):
    new = NewDocument(
        more.get("kind", "photo"),
        more.get("name", "门头照片.png"),
        content,
        more.get("media_type", "image/png"),
    )
    return store(new, subject=subject or About.of_case(case), act=case.act, on=ON, at=AT)


def test_the_bytes_come_back_and_none_of_them_lies_open(case, monkeypatch):
    monkeypatch.setattr(storing, "PART", 1000)
    document = kept(case)
    assert content_of(document) == PICTURE
    parts = [bytes(part.sealed) for part in DocumentPart.objects.filter(document=document)]
    assert len(parts) == 3
    assert not any(PICTURE[8:40] in part for part in parts)


def test_the_same_bytes_are_kept_once_for_each_subject(case):
    first = kept(case)
    assert kept(case, name="又一次.png").pk == first.pk
    complaint = About("complaint", 7, case.organisation_id, case.creditor_id, case.pk)
    assert kept(case, subject=complaint).pk != first.pk
    assert DocumentPart.objects.count() == 2


def test_bytes_that_somebody_changed_are_not_given(case, monkeypatch):
    monkeypatch.setattr(storing, "PART", 1000)
    document = kept(case)
    first, second, _third = DocumentPart.objects.filter(document=document).order_by("number")
    DocumentPart.objects.filter(pk=first.pk).update(sealed=second.sealed)
    DocumentPart.objects.filter(pk=second.pk).update(sealed=first.sealed)
    with pytest.raises(Changed):
        content_of(document)


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "empty.txt", "document.empty"),
        (b"x", "../keys/data_key", "document.name"),
        (b"x", "a\r\nBcc: b@example.com.pdf", "document.name"),
        (b"x", "gpj.\u202eexe", "document.name"),
        (b"x", "长" * 256, "document.name"),
    ],
)
def test_what_is_no_document_is_refused(case, content, name, code):
    with pytest.raises(Refusal) as caught:
        kept(case, content, name=name)
    assert caught.value.code == code
    assert not Document.objects.exists()


def test_a_document_that_is_too_large_is_refused(case, monkeypatch):
    monkeypatch.setattr(storing, "LARGEST", len(PICTURE) - 1)
    with pytest.raises(Refusal, match="larger than"):
        kept(case)


@pytest.mark.parametrize(
    ("content", "told", "kept_as", "shown"),
    [
        (b"%PDF-1.7 x", "text/html", "application/pdf", True),
        (PICTURE, "", "image/png", True),
        (b"<script>", "image/png", "application/octet-stream", False),
        (b"<script>", "text/html", "text/html", False),
        (b"<svg/>", "image/svg+xml", "image/svg+xml", False),
        ("合同".encode(), "text/plain; charset=utf-8", "text/plain", True),
        (b"\xff\xfe\x00", "text/plain", "application/octet-stream", False),
        (b"x", "text/plain\r\nX: y", "application/octet-stream", False),
        (b"From: a", "message/rfc822", "message/rfc822", False),
    ],
)
def test_only_what_runs_nothing_is_shown_in_a_page(content, told, kept_as, shown):
    media_type = media_type_of(content, told)
    assert media_type == kept_as
    assert may_be_shown(media_type) is shown


def test_a_look_is_an_act_with_a_reason(case):
    manager = people.make_user("manager", case.organisation)
    document = kept(case)
    with pytest.raises(Refusal) as caught:
        reveal(document.pk, user=manager, at=AT, reason="  ")
    assert caught.value.code == "document.reason"
    assert not Reveal.objects.exists()

    seen, content = reveal(document.pk, user=manager, at=AT, reason="核对门头")
    assert (seen.pk, content) == (document.pk, PICTURE)
    look = Reveal.objects.get()
    assert (look.field, look.subject_id, look.case_id) == ("document", document.pk, case.pk)
    assert (look.act.actor, look.act.reason) == (manager, "核对门头")


def test_documents_stand_behind_the_walls_of_their_case_house_and_client(case):
    of_case = kept(case)
    month = About("statement", 3, case.organisation_id, case.creditor_id)
    of_month = kept(case, subject=month)
    other_client = people.make_creditor("other", case.organisation)

    def seen_by(role: str, **more: object) -> set[int]:
        user = people.make_user(role, more.pop("house", case.organisation), **more)
        return set(visible_documents(user).values_list("pk", flat=True))

    assert seen_by("manager") == {of_case.pk, of_month.pk}
    assert seen_by("client", creditor=case.creditor) == {of_case.pk, of_month.pk}
    assert seen_by("client", creditor=other_client) == set()
    assert seen_by("collector") == set()
    assert seen_by("manager", house=people.make_house("elsewhere")) == set()

    stranger = people.make_user("collector", case.organisation)
    with pytest.raises(Refusal) as caught:
        reveal(of_case.pk, user=stranger, at=AT, reason="好奇")
    assert caught.value.code == "document.unknown"
    assert not Act.objects.filter(verb="documents.reveal").exists()


def test_the_newest_document_of_a_subject_comes_first(case):
    manager = people.make_user("manager", case.organisation)
    older = kept(case)
    newer = kept(case, b"%PDF-1.7 contract", kind="contract", name="合同.pdf")
    assert list(documents_of(About.of_case(case), manager)) == [newer, older]
