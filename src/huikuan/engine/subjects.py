"""The registry of subjects: what a step may be about. A new one is an entry here and its tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from huikuan.engine.declared import (
    complaints,
    contacts,
    events,
    holds,
    ledger,
    parties,
    points,
    promises,
    statements,
)
from huikuan.engine.fact import Fact, Subject

CASE = Subject(
    name="case",
    title=("案件", "case"),
    table="casebook_case",
    row="c",
    summary="casebook_casesummary",
    key="case_id",
    born="placed_on",
    on_book="placed_on",
    label="c.number",
    case_column="id",
    wall="case",
    joins=(
        "JOIN casebook_person p ON p.id = c.person_id"
        " JOIN people_creditor k ON k.id = c.creditor_id"
        " JOIN people_organisation o ON o.id = c.organisation_id"
    ),
    families=(
        parties.PARTIES,
        events.EVENTS,
        ledger.LEDGER,
        ledger.PAID,
        ledger.PAID_UP,
        points.POINTS,
        contacts.CONTACTS,
        contacts.LOST,
        promises.PROMISES,
        holds.HOLDS,
        events.ASSIGNMENT,
        statements.STATEMENTS,
        statements.NEWEST,
        events.LOCKS,
    ),
    derived=(
        *parties.DERIVED,
        *ledger.DERIVED,
        *contacts.DERIVED,
        *promises.DERIVED,
        *holds.DERIVED,
        *statements.DERIVED,
    ),
    events=events.RECORDED,
    indexes=(
        "summary_last_event (last_event_on)",
        # Whose cases somebody sees, whether a person found by name is among them, and the order of
        # somebody's work list are answered by this index alone.
        "summary_held (assignee_id, person_id) INCLUDE (case_id, organisation_id, placed_on,"
        " return_on, hand, balance_minor, last_attempt_on, promise_due_on, promise_last_day,"
        " promise_paid_minor, promise_needed_minor)",
        "summary_promise (assignee_id, promise_due_on) WHERE promise_due_on IS NOT NULL",
    ),
)

ITEM = Subject(
    name="item",
    title=("账款", "item"),
    table="casebook_item",
    row="i",
    summary="casebook_itemsummary",
    key="item_id",
    born="valid_on",
    on_book="item_valid_on",
    label="i.number",
    parent="case",
    case_column="case_id",
    families=(
        ledger.ITEMS,
        ledger.CONFIRMED,
        ledger.CHARGES,
        ledger.ALLOCATIONS,
        ledger.ITEM_HOLDS,
        ledger.ITEM_LOCKS,
        ledger.CLAIMS,
    ),
    derived=ledger.ITEM_DERIVED,
    events=ledger.ITEM_EVENTS,
    indexes=("itemsummary_case (case_id)",),
)

STATEMENT = Subject(
    name="statement",
    title=("对账单", "statement"),
    table="casebook_statement",
    row="m",
    summary="casebook_statementsummary",
    key="statement_id",
    born="valid_on",
    label="to_char(m.month, 'YYYY-MM')",
    parent="case",
    case_column="case_id",
    families=(
        statements.MONTH,
        statements.MONTH_EVENTS,
        statements.MONTH_LINES,
        statements.MONTH_MONEY,
    ),
    derived=statements.MONTH_DERIVED,
    indexes=("statementsummary_case (case_id)", "statementsummary_last (last_event_on)"),
    events=statements.EVENTS,
    keeps_days=True,
)

#: It may have no case, so it stands below none: its steps are planned by house.
COMPLAINT = Subject(
    name="complaint",
    title=("投诉", "complaint"),
    table="casebook_complaint",
    row="q",
    summary="casebook_complaintsummary",
    key="complaint_id",
    born="valid_on",
    on_book="complaint_received_on",
    label="q.number",
    case_column="case_id",
    wall="organisation",
    families=(
        complaints.COMPLAINT,
        complaints.EVENTS,
        complaints.POINTS,
        complaints.DEPARTMENTS,
        complaints.OWNER,
    ),
    derived=complaints.DERIVED,
    indexes=("complaintsummary_house (organisation_id)",),
    events=complaints.EVENTS_OF_STEPS,
)

SHIPPED = (CASE, ITEM, STATEMENT, COMPLAINT)


class Subjects:
    """Subjects by name, each after its parent."""

    def __init__(self, listed: tuple[Subject, ...]) -> None:
        self._by_name: Mapping[str, Subject] = {subject.name: subject for subject in listed}
        for subject in listed:
            if subject.parent and subject.parent not in self._by_name:
                raise ValueError(f"{subject.name}: there is no subject {subject.parent}")

    def __iter__(self) -> Iterator[Subject]:
        return iter(self._by_name.values())

    def __getitem__(self, name: str) -> Subject:
        return self._by_name[name]

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def names(self) -> tuple[str, ...]:
        return tuple(self._by_name)

    def lineage(self, name: str) -> list[Subject]:
        """The subject, its parent, and so on up."""
        found = [self._by_name[name]]
        while found[-1].parent:
            found.append(self._by_name[found[-1].parent])
        return found

    def facts(self) -> list[Fact]:
        """Every fact of every subject."""
        return [fact for subject in self for fact in subject.facts()]


STANDARD = Subjects(SHIPPED)
