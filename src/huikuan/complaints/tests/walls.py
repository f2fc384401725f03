"""What addresses of this room name: a complaint about the case, a request, a dossier."""

from __future__ import annotations

from django.utils import timezone
from tests.book import Book

from huikuan.approvals.ask import ask
from huikuan.casebook import facts, journal
from huikuan.casebook.models import Approval, Complaint, ComplaintDossier, Document
from huikuan.complaints import papers
from huikuan.complaints.receive import Reception, receive
from huikuan.complaints.write import columns
from huikuan.documents.store import NewDocument
from huikuan.engine.chain import Chain, Station


def words(book: Book) -> dict[str, object]:
    complaint = Complaint.objects.filter(case=book.case).first() or _receive(book)

    request = Approval.objects.filter(case=book.case, kind=Approval.Kind.COMPLAINT).first()
    if request is None:
        request = ask(
            "complaint",
            act=book.case.act,
            case=book.case,
            subject={"complaint": complaint.number, "proposal": 1, "sort": "waiver"},
            reason=book.case.person.name,
            at=timezone.now(),
            chain=Chain((Station(role="manager"),)),
        )

    dossier = complaint.dossiers.first()
    if dossier is None:
        act = journal.begin(book.manager, "complaints.dossier", at=timezone.now())
        given = columns(complaint, act, at=timezone.now())
        dossier = ComplaintDossier.objects.create(**given, language="en")
    return {
        "complaint": complaint.number,
        "act": "own",
        "approval": request.pk,
        "dossier": dossier.pk,
        "part": "pdf",
        "document": _paper(complaint, book),
    }


def _paper(complaint: Complaint, book: Book) -> int:
    """A letter of the complainant, whose name nobody else may read."""
    ours = Document.objects.filter(subject_kind="complaint", subject_id=complaint.pk)
    there = ours.filter(kind="complaint_letter").first()
    if there is not None:
        return there.pk

    new = NewDocument("complaint_letter", f"{book.case.person.name}.pdf", b"%PDF-1.4 letter")
    kept = papers.keep(complaint.number, new, actor=book.manager, at=timezone.now())
    assert kept.done, kept.problems
    return ours.get(kind="complaint_letter").pk


def _receive(book: Book) -> Complaint:
    now = timezone.now()
    entry = Reception(
        channel="phone",
        who="debtor",
        name=book.case.person.name,
        reach="13800001234",
        said=f"{book.case.person.name}投诉",
        received_at=now,
        case=book.case.number,
    )

    complaint = receive(entry, actor=book.manager, at=now).complaint
    assert complaint is not None
    facts.refresh([book.case.pk])
    return complaint
