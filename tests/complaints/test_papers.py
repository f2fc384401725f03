"""Documents of a complaint: kept, listed, opened for a reason; where a recording is."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from huikuan.casebook.models import Complaint, ComplaintEvent, Document, Reveal
from huikuan.complaints import papers
from huikuan.complaints.dossier_part import documents_of
from huikuan.complaints.write import event
from huikuan.documents.store import NewDocument
from huikuan.people.models import User
from tests import people
from tests.complaints.conftest import AT, HOUR, Office
from tests.complaints.test_screens import act_of, page_of, signed_in
from tests.complaints.test_verbs import codes

PDF = b"%PDF-1.4 letter"
LETTER = NewDocument("complaint_letter", "投诉信.pdf", PDF)


@pytest.fixture
def complaint(office: Office) -> Complaint:
    complaint = office.accepted()
    assert papers.keep(complaint.number, LETTER, actor=office.clerk, at=AT).done
    return complaint


def open_paper(user: User, complaint: Complaint, reason: str) -> object:
    document = Document.objects.get(kind="complaint_letter")
    address = reverse("complaints:paper", args=[complaint.number, document.pk])
    return signed_in(user).post(address, {"reason": reason})


def test_a_document_is_kept_with_the_complaint_and_goes_into_its_dossier(
    office: Office, complaint: Complaint
) -> None:
    assert [document.name for document in documents_of(complaint)] == ["投诉信.pdf"]
    again = papers.keep(complaint.number, LETTER, actor=office.clerk, at=AT)
    assert codes(again) == ["complaint.again"]
    assert Document.objects.filter(kind="complaint_letter").count() == 1


def test_it_is_opened_for_a_reason_that_is_kept(office: Office, complaint: Complaint) -> None:
    refused = open_paper(office.manager, complaint, " ")
    assert refused.status_code == 302  # type: ignore[attr-defined]
    assert not Reveal.objects.filter(field="document").exists()

    answer = open_paper(office.manager, complaint, "核对投诉点")
    assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]
    assert Reveal.objects.get(field="document").act.reason == "核对投诉点"


def test_neither_a_client_nor_who_has_an_interest_opens_it(
    office: Office, complaint: Complaint
) -> None:
    for user in (office.client, office.lead, office.collector):
        answer = open_paper(user, complaint, "想看看")
        assert answer.status_code in (403, 404)  # type: ignore[attr-defined]
    assert not Reveal.objects.filter(field="document").exists()


def test_who_has_an_interest_adds_none(office: Office, complaint: Complaint) -> None:
    other = NewDocument("screenshot", "截图.png", b"\x89PNG\r\n\x1a\nx")
    refused = papers.keep(complaint.number, other, actor=office.lead, at=AT)
    assert codes(refused) == ["complaint.interest"]
    strange = NewDocument("dossier_pdf", "卷宗.pdf", b"%PDF-x")
    assert codes(papers.keep(complaint.number, strange, actor=office.clerk, at=AT)) == [
        "complaint.paper_kind"
    ]


def test_the_page_takes_a_file_and_lists_it(office: Office, complaint: Complaint) -> None:
    client = signed_in(office.clerk)
    file = SimpleUploadedFile("通知.pdf", b"%PDF-1.4 notice", content_type="application/pdf")
    given = {"kind": "regulator_notice", "file": file, "link": "", "note": ""}
    assert client.post(act_of(complaint, "paper"), given).status_code == 302
    page = client.get(page_of(complaint)).content.decode()
    assert "通知.pdf" in page
    assert "监管部门转办件" in page

    nothing = client.post(act_of(complaint, "paper"), {"kind": "recording"})
    assert nothing.status_code == 422
    assert "没有选文件，也没有填地址" in nothing.content.decode()


def test_a_recording_is_a_link_of_the_web_and_no_script(
    office: Office, complaint: Complaint
) -> None:
    for address in ("javascript:alert(1)", "ftp://x/y", "录音", "https://a b"):
        refused = papers.link(complaint.number, address, note="", actor=office.clerk, at=AT)
        assert codes(refused) == ["complaint.address"], address

    address = "https://records.example/1"
    assert papers.link(
        complaint.number, address, note="11月20日来电", actor=office.clerk, at=AT
    ).done
    assert papers.links_of(complaint) == [papers.Link(address, "11月20日来电")]
    assert f'href="{address}"' in signed_in(office.clerk).get(page_of(complaint)).content.decode()
    assert address not in signed_in(office.client).get(page_of(complaint)).content.decode()


def test_a_document_that_comes_after_the_end_is_kept_too(
    office: Office, complaint: Complaint
) -> None:
    """A regulator sends its answer when the complaint is closed."""
    at = AT + HOUR
    act = people.make_act(office.clerk.organisation, at)
    event(complaint, ComplaintEvent.Kind.CLOSED, act, at, result="partly", text="属实")
    late = NewDocument("complaint_letter", "监管答复.pdf", b"%PDF-1.4 later")
    kept = papers.keep(complaint.number, late, actor=office.clerk, at=at)
    assert kept.done, kept.problems
    address = "https://recordings.example.com/2"
    assert papers.link(complaint.number, address, note="通话", actor=office.clerk, at=at).done
