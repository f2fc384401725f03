"""What a client reads of the history of a case is a list, without what the house tells itself."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from huikuan.people.models import User
from huikuan.planning.note import note
from huikuan.web import rooms
from tests import people
from tests.receivables.conftest import LATE, Office, late, office, proprietor  # noqa: F401
from tests.receivables.test_lock import enter, grant

#: What a client is told of the work on its cases.
TOLD = {
    "assignment",
    "call",
    "contact",
    "correction",
    "event",
    "hold",
    "hold_end",
    "lock",
    "look_up",
    "look_up_event",
    "payment",
    "promise",
    "reversal",
    "statement",
}


def read(case: str, user: User) -> str:
    """The page of the case and its history, as the user reads them."""
    client = Client()
    client.force_login(user)
    pages = [client.get(reverse(name, args=[case])) for name in ("case", "case_timeline")]
    return "".join(page.content.decode() for page in pages)


def test_the_kinds_of_rows_that_a_client_reads_are_named() -> None:
    happenings = rooms.happenings()
    assert {kind for kind, each in happenings.items() if each.for_client} == TOLD


def test_who_decided_and_what_the_house_tells_itself_is_no_clients(
    late: Office,  # noqa: F811
    proprietor: User,  # noqa: F811
) -> None:
    grant(late, proprietor)
    assert enter(late).problems == ()
    at = people.moment(LATE, 11)
    note(late.case.pk, "handover", "下周再谈", actor=late.collector, at=at)
    people.make_hold(late.case, LATE, "complaint", "case")

    of_house = read(late.case.number, late.manager)
    client = people.make_user("client", late.case.organisation, creditor=late.case.creditor)
    of_client = read(late.case.number, client)
    for word in (str(proprietor), "逾期超过三个月", "下周再谈", "屡催不付"):
        assert word in of_house
        assert word not in of_client, word
    assert "锁货" in of_client
