"""What a dossier tells of the case: contacts, answers of the rules, calls, money, looks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import pgettext

from huikuan.casebook.days import day_of
from huikuan.casebook.models import (
    Approval,
    ContactRecord,
    Document,
    GateDecision,
    Hold,
    Payment,
    PhoneCall,
    Reveal,
)
from huikuan.casebook.payment_words import reference_words
from huikuan.complaints.dossier_part import (
    Cells,
    Column,
    Part,
    Reading,
    day,
    moment,
    money,
    name_of_actor,
    person,
)
from huikuan.documents import kinds
from huikuan.engine.acts import is_spoken
from huikuan.promises.plans import plans_of
from huikuan.promises.shown import STATES
from huikuan.web.fact_words import in_language

LETTER = "letter"


def contacts(reading: Reading) -> Part:
    """Every contact of the case, whoever began it."""
    title = pgettext("dossier", "Contacts")
    rows = list(_contacts(reading, reading.contacts))
    return Part("contacts", title, _contact_columns(), rows, reading.no_case)


def overrides(reading: Reading) -> Part:
    """Contacts that were made although the rules refused them, and why."""
    made = [contact for contact in reading.contacts if contact.override_reason]
    told = zip(_contacts(reading, made), made, strict=True)
    rows = [[*cells, contact.override_reason] for cells, contact in told]
    why = Column(pgettext("dossier", "Why it was made all the same"), 2)
    title = pgettext("dossier", "Contacts made against the rules")
    return Part("overrides", title, (*_contact_columns(), why), rows, reading.no_case)


def letters(reading: Reading) -> Part:
    """The contacts that were letters."""
    sent = [contact for contact in reading.contacts if contact.channel == LETTER]
    title = pgettext("dossier", "Letters")
    rows = list(_contacts(reading, sent))
    return Part("letters", title, _contact_columns(), rows, reading.no_case)


def _contacts(reading: Reading, made: Iterable[Any]) -> Iterator[Cells]:
    """Contacts as rows. Words are looked up once: there may be thousands of rows."""
    people = {code: str(label) for code, label in ContactRecord.Answered.choices}
    people[ContactRecord.Answered.NOBODY] = pgettext("dossier", "nobody was reached")
    directions = {
        True: pgettext("dossier", "from outside"),
        False: pgettext("dossier", "by the house"),
    }

    for contact in made:
        # Nobody answers a letter, and it lasts no seconds: of what is sent, nothing is said of it.
        spoken = is_spoken(contact.channel)
        reached = people[contact.answered] if spoken else ""
        seconds = contact.seconds if spoken else None
        yield [
            moment(contact.at),
            reading.channel(contact.channel),
            directions[contact.inbound],
            reached,
            seconds,
            reading.outcome(contact.outcome),
            contact.note,
            contact.by,
        ]


def _contact_columns() -> tuple[Column, ...]:
    return (
        Column(pgettext("dossier", "Moment"), 1.3),
        Column(pgettext("dossier", "Kind of contact"), 0.7),
        Column(pgettext("dossier", "Begun"), 0.8),
        Column(pgettext("dossier", "Who was reached"), 0.8),
        Column(pgettext("dossier", "Seconds"), 0.5),
        Column(pgettext("dossier", "Outcome")),
        Column(pgettext("dossier", "Note"), 3.5),
        Column(pgettext("dossier", "Recorded by"), 0.9),
    )


def decisions(reading: Reading) -> Part:
    """What the contact rules answered, with the rule that refused and its clause."""
    names = ("at", "channel", "allowed", "rule", "rules", "by")
    asked = decisions_of(reading).annotate(by=name_of_actor()).order_by("at", "pk")
    verdicts = {
        True: pgettext("dossier", "allowed"),
        False: pgettext("dossier", "not allowed"),
    }

    rows = []
    for each in asked.values_list(*names, named=True).iterator():
        spoken: dict[str, Any] = next(
            (rule for rule in each.rules if rule.get("rule") == each.rule), {}
        )
        title = in_language(spoken.get("title")) or each.rule
        told = [moment(each.at), reading.channel(each.channel), verdicts[each.allowed]]
        rows.append([*told, title, spoken.get("clause", ""), each.by])
    columns = (
        Column(pgettext("dossier", "Moment"), 1.3),
        Column(pgettext("dossier", "Kind of contact"), 0.8),
        Column(pgettext("dossier", "Answer of the rules"), 0.8),
        Column(pgettext("dossier", "Rule that refused"), 3),
        Column(pgettext("dossier", "Clause"), 2),
        Column(pgettext("dossier", "Asked by"), 0.9),
    )
    title = pgettext("dossier", "Answers of the contact rules")
    return Part("decisions", title, columns, rows, reading.no_case)


def decisions_of(reading: Reading) -> QuerySet[GateDecision]:
    """The answers of the contact rules about the case."""
    return GateDecision.objects.filter(case_id=reading.case_id)


def calls(reading: Reading) -> Part:
    """Telephone calls with the links of their recordings; one without says that it has none."""
    rows = []
    listed = calls_of(reading).select_related("act__actor").order_by("started_at", "pk")
    for call in listed:
        recording = call.recording or pgettext("dossier", "no recording")
        moments = [moment(call.started_at), moment(call.answered_at), moment(call.ended_at)]
        rows.append([*moments, recording, person(call.act.actor)])

    columns = (
        Column(pgettext("dossier", "Dialled at")),
        Column(pgettext("dossier", "Put through at")),
        Column(pgettext("dossier", "Ended at")),
        Column(pgettext("dossier", "Recording"), 3),
        Column(pgettext("dossier", "Called by")),
    )
    title = pgettext("dossier", "Calls and recordings")
    return Part("recordings", title, columns, rows, reading.no_case)


def calls_of(reading: Reading) -> QuerySet[PhoneCall]:
    """The calls of the case."""
    return PhoneCall.objects.filter(case_id=reading.case_id)


def holds(reading: Reading) -> Part:
    """The holds of the case, the provisional ones of the complaint among them."""
    rows = []
    related = ("item", "account", "act__actor")
    listed = Hold.objects.filter(case_id=reading.case_id).select_related(*related)
    for each in listed.order_by("valid_on", "pk"):
        until = day(each.ended_on) or pgettext("dossier", "holds still")
        kind = [str(each.get_kind_display()), _reach(each)]
        rows.append([*kind, day(each.valid_on), until, each.reason, person(each.act.actor)])

    columns = (
        Column(pgettext("dossier", "Why it rests")),
        Column(pgettext("dossier", "What rests"), 1.3),
        Column(pgettext("dossier", "Rests from")),
        Column(pgettext("dossier", "Goes on from")),
        Column(pgettext("dossier", "Reason given"), 3),
        Column(pgettext("dossier", "Recorded by")),
    )
    title = pgettext("dossier", "Holds")
    return Part("holds", title, columns, rows, reading.no_case)


def _reach(hold: Hold) -> str:
    """What a hold holds: the case, the person, or the item or account by its number."""
    reach = str(hold.get_scope_display())
    if hold.item is not None:
        return f"{reach} {hold.item.number}"
    if hold.account is not None:
        return f"{reach} {hold.account.number_shown}"
    return reach


def promises(reading: Reading) -> Part:
    """Every instalment that was promised, and what became of it."""
    case = reading.complaint.case
    columns = (
        Column(pgettext("dossier", "Promised on")),
        Column(pgettext("dossier", "Amount promised")),
        Column(pgettext("dossier", "To be paid by")),
        Column(pgettext("dossier", "Paid for it")),
        Column(pgettext("dossier", "State of the promise")),
        Column(pgettext("dossier", "Recorded at")),
    )
    title = pgettext("dossier", "Promises")
    if case is None:
        return Part("promises", title, columns, [], reading.no_case)

    # The debtor's day may be ahead of the day of the reading: none of the rows is left out.
    recorded = dict(case.promises.values_list("pk", "recorded_at"))
    given_on = case.promises.values_list("valid_on", flat=True)
    today = max([day_of(reading.complaint.organisation, reading.at), *given_on])
    rows = []
    for plan in reversed(plans_of(case, today)):
        for line in plan.lines:
            amounts = [money(line.amount_minor, case.currency), day(line.due_on)]
            paid = money(line.paid_minor, case.currency)
            state = str(STATES[line.state])
            told = [day(plan.made_on), *amounts, paid, state]
            rows.append([*told, moment(recorded[line.key])])
    return Part("promises", title, columns, rows, reading.no_case)


def payments(reading: Reading) -> Part:
    """Every payment; one that was taken back says so, since when and why."""
    rows = []
    listed = payments_of(reading).select_related("reversal", "act__actor")
    for each in listed.order_by("valid_on", "pk"):
        reversal = getattr(each, "reversal", None)
        back = [day(reversal.valid_on), reversal.reason] if reversal is not None else ["", ""]
        amount = money(each.amount_minor, each.currency)
        reference = reference_words(each.reference)
        rows.append([day(each.valid_on), amount, reference, *back, person(each.act.actor)])

    columns = (
        Column(pgettext("dossier", "Day of payment")),
        Column(pgettext("dossier", "Amount paid")),
        Column(pgettext("dossier", "Reference"), 2),
        Column(pgettext("dossier", "Taken back on")),
        Column(pgettext("dossier", "Why it was taken back"), 2),
        Column(pgettext("dossier", "Recorded by")),
    )
    title = pgettext("dossier", "Payments")
    return Part("payments", title, columns, rows, reading.no_case)


def payments_of(reading: Reading) -> QuerySet[Payment]:
    """The payments of the case."""
    return Payment.objects.filter(case_id=reading.case_id)


def reveals(reading: Reading) -> Part:
    """Looks at what is masked or kept: by whom, when, why."""
    fields = {
        "complainant": pgettext("dossier", "name and number of the complainant"),
        "name": pgettext("dossier", "name of the debtor"),
        "id": pgettext("dossier", "identity number"),
        "point": pgettext("dossier", "number or address"),
        "account": pgettext("dossier", "account number"),
        "document": pgettext("dossier", "document"),
        "mail": pgettext("dossier", "mail received"),
    }
    # A call shows the number to whoever calls, and says no more than that.
    reasons = {"call": pgettext("dossier", "to call")}

    listed = reveals_of(reading).annotate(by=name_of_actor()).order_by("act__at", "pk")
    names = ("act__at", "field", "act__reason", "by")
    rows = []
    for at, name, reason, by in listed.values_list(*names):
        rows.append([moment(at), fields.get(name, name), reasons.get(reason, reason), by])
    columns = (
        Column(pgettext("dossier", "Moment")),
        Column(pgettext("dossier", "What was looked at"), 2),
        Column(pgettext("dossier", "Reason given"), 3),
        Column(pgettext("dossier", "Looked at by")),
    )
    return Part("reveals", pgettext("dossier", "Masked data that were looked at"), columns, rows)


def reveals_of(reading: Reading) -> QuerySet[Reveal]:
    """Looks at the complainant, at the papers of the complaint, and at what is of its case."""
    complaint = reading.complaint
    papers = Document.objects.filter(subject_kind="complaint", subject_id=complaint.pk)
    about = Q(case=None, field="complainant", subject_id=complaint.pk)
    keys = list(papers.values_list("pk", flat=True))
    about |= Q(case=None, field="document", subject_id__in=keys)
    if complaint.case_id is not None:
        about |= Q(case_id=complaint.case_id)
    return Reveal.objects.filter(about)


def approvals(reading: Reading) -> Part:
    """What was asked for on the case, and what came of it."""
    related = ("act__actor", "decided__actor")
    asked = Approval.objects.filter(case_id=reading.case_id).select_related(*related)

    rows = []
    for each in asked.order_by("asked_at", "pk"):
        decided: list[str] = ["", "", each.decision_reason]
        if each.decided is not None:
            by = each.decided
            decided = [moment(by.at), person(by.actor), each.decision_reason]
        told = [moment(each.asked_at), str(each.get_kind_display()), each.reason]
        amount = money(each.amount_minor, each.currency)
        state = str(each.get_status_display())
        rows.append([*told, amount, person(each.act.actor), state, *decided])
    columns = (
        Column(pgettext("dossier", "Asked at"), 1.3),
        Column(pgettext("dossier", "What was asked for"), 1.3),
        Column(pgettext("dossier", "Reason given"), 2),
        Column(pgettext("dossier", "Amount")),
        Column(pgettext("dossier", "Asked by")),
        Column(pgettext("dossier", "State")),
        Column(pgettext("dossier", "Decided at"), 1.3),
        Column(pgettext("dossier", "Decided by")),
        Column(pgettext("dossier", "Why it was decided so"), 2),
    )
    title = pgettext("dossier", "Approvals")
    return Part("approvals", title, columns, rows, reading.no_case)


def documents(reading: Reading) -> Part:
    """Every document of the complaint and the case, with the hash of its bytes."""
    rows = [
        [day(each.valid_on), kinds.title_of(each.kind), each.name, each.size, each.sha256]
        for each in reading.documents
    ]

    columns = (
        Column(pgettext("dossier", "Day of the document")),
        Column(pgettext("dossier", "Kind of document"), 1.5),
        Column(pgettext("dossier", "Name of the file"), 3),
        Column(pgettext("dossier", "Bytes"), 0.8),
        Column("SHA-256", 3.5),
    )
    return Part("documents", pgettext("dossier", "Documents"), columns, rows)
