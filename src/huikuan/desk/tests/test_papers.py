"""The contract is a document on the case: its absence is shown, and who opens it is recorded."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests import people
from tests.book import Book, make_book

from huikuan.casebook.models import Document, Reveal
from huikuan.ops.made_once import made_once
from huikuan.people.models import User

PDF = b"%PDF-1.4 loan contract"
ENGLISH = {"accept-language": "en"}

pytestmark = pytest.mark.django_db


@made_once
def book() -> Book:
    return make_book("ours", "欧阳不可见", planned=False)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def keep(book: Book, user: User, kind: str = "contract") -> int:
    """Puts a document on the case by its page; the answer's status."""
    address = reverse("case_papers", args=[book.case.number])
    file = SimpleUploadedFile("合同.pdf", PDF, "application/pdf")
    return signed_in(user).post(address, {"kind": kind, "file": file}).status_code


def shown(book: Book, name: str, user: User) -> str:
    address = reverse(name, args=[book.case.number])
    return " ".join(signed_in(user).get(address, headers=ENGLISH).content.decode().split())


def test_a_case_without_a_contract_says_so(book: Book) -> None:
    assert "not on file" in shown(book, "case", book.collector)
    assert "no contract on file" in shown(book, "case_papers", book.collector)

    assert keep(book, book.collector) == 302
    assert "not on file" not in shown(book, "case", book.collector)
    page = shown(book, "case_papers", book.collector)
    assert "no contract on file" not in page
    assert "合同.pdf" in page


def test_another_document_is_no_contract(book: Book) -> None:
    assert keep(book, book.collector, "other") == 302
    assert "not on file" in shown(book, "case", book.collector)


def test_the_collector_opens_it_and_the_look_is_recorded(book: Book) -> None:
    keep(book, book.lead)
    document = Document.objects.get(case=book.case)
    address = reverse("case_paper", args=[book.case.number, document.pk])
    client = signed_in(book.collector)

    without_reason = client.post(address, {"reason": " "})
    assert without_reason.status_code == 302
    assert not Reveal.objects.filter(field="document").exists()

    answer = client.post(address, {"reason": "核对还款期限"})
    assert b"".join(answer.streaming_content) == PDF
    look = Reveal.objects.get(field="document")
    assert (look.subject_id, look.act.reason) == (document.pk, "核对还款期限")


def test_who_only_looks_keeps_nothing_and_another_house_finds_nothing(book: Book) -> None:
    assert keep(book, book.client) == 403
    assert not Document.objects.exists()

    keep(book, book.collector)
    document = Document.objects.get()
    stranger = people.make_user("collector", people.make_house("theirs"))
    address = reverse("case_paper", args=[book.case.number, document.pk])
    assert signed_in(stranger).post(address, {"reason": "x"}).status_code == 404


def test_a_document_of_another_case_is_not_opened_by_this_one(book: Book) -> None:
    other = make_book("theirs", "司马乙", planned=False)
    keep(other, other.collector)
    document = Document.objects.get()
    address = reverse("case_paper", args=[book.case.number, document.pk])
    assert signed_in(book.collector).post(address, {"reason": "x"}).status_code == 404
