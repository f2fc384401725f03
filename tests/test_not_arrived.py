"""A notice that nobody got was not given: its step is asked for again, or the next way of it.

The mail leaves by the outbox and comes back into the mailbox of a real IMAP server.
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection

from huikuan.casebook import done as memory
from huikuan.casebook import facts
from huikuan.casebook.models import CaseSummary, ContactRecord, OutboxMessage, StepDone, Task
from huikuan.lib.calendar import china
from huikuan.mails.send import MailEntry, send
from huikuan.outbox import state
from huikuan.outbox.arrived import not_arrived, under_way_again
from huikuan.outbox.mailbox import read_mailbox
from huikuan.outbox.settle import retry, settle
from huikuan.outbox.tests import mails
from huikuan.outbox.tests.conftest import house_settings  # noqa: F401 - a fixture
from huikuan.outbox.tests.imap_server import ImapServer
from huikuan.outbox.tests.test_mailbox import imap, one_server  # noqa: F401 - fixtures
from huikuan.planning.current import catch_up
from huikuan.planning.explain import explain
from huikuan.planning.plan import plan
from tests import people
from tests.test_explained import ON, followed

pytestmark = [pytest.mark.django_db, pytest.mark.long]
DAY = dt.timedelta(days=1)
SENT_AT = people.moment(ON, 10)
BACK_AT = people.moment(ON + DAY, 9)


class Story:
    """A customer four days late, whose first notice goes by e-mail; else by SMS, else by letter."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.case = followed(monkeypatch, "overdue_states", days=4)
        self.address = self.case.person.points.get(kind="email")
        self.manager = people.make_user("manager")
        self.collector = people.make_user("collector")
        people.make_assignment(self.case, ON, self.collector)
        facts.refresh([self.case.pk])
        self.plan(ON)

    def plan(self, on: dt.date) -> None:
        plan(on, actor=self.manager, at=people.moment(on, 7), calendar=china())

    def open_steps(self) -> set[str]:
        catch_up()
        found = Task.objects.filter(case=self.case, status="open")
        return set(found.values_list("step__code", flat=True))

    def task(self) -> Task:
        return Task.objects.get(case=self.case, step__code="warn")

    def entry(self) -> MailEntry:
        return MailEntry(
            point_id=self.address.pk,
            subject="付款提醒",
            text="请于本周内付款。",
            task_ids=(self.task().pk,),
        )

    def send(self, at: dt.datetime = SENT_AT) -> OutboxMessage:
        """The notice leaves, and a server takes it."""
        sent = send(self.case, self.entry(), actor=self.collector, at=at)
        assert sent.message is not None, sent.problems
        self.told(sent.message, "taken", at)
        return sent.message

    def told(self, message: OutboxMessage, result: str, at: dt.datetime) -> None:
        """What the far side says of a try."""
        claimed = state.claim(message.pk, at)
        assert claimed is not None
        state.finish(claimed, state.Outcome(result, "550"), at)  # type: ignore[arg-type]

    def told_back(self, message: OutboxMessage) -> None:
        """A first report of failure: the server says so, the mail itself comes back later."""
        not_arrived(message, SENT_AT + dt.timedelta(hours=1))

    def last_done(self, known_at: dt.datetime | None = None) -> object:
        """When the notice was last given, as the procedure is told."""
        why = next(
            why
            for why in explain(self.case, ON + DAY, calendar=china(), known_at=known_at)
            if why.step.id == "warn"
        )
        return why.parts[-1].facts["last_done_warn"]


@pytest.fixture
def story(db: None, monkeypatch: pytest.MonkeyPatch) -> Story:
    return Story(monkeypatch)


def test_a_notice_that_came_back_was_not_given_and_the_next_way_is_asked_for(
    story: Story,
    imap: ImapServer,  # noqa: F811
) -> None:
    assert story.open_steps() == {"warn"}
    message = story.send()
    assert (story.open_steps(), story.last_done()) == (set(), ON)

    story.plan(ON + DAY)
    imap.put(mails.postfix_bounce(message.far_id), at=BACK_AT)
    assert read_mailbox(lambda: BACK_AT) == {"bounce": 1}
    assert story.open_steps() == {"warn_sms"}, "the address is dead: the next way goes"
    assert story.last_done() is None
    assert story.task().status == "closed"
    assert ContactRecord.objects.filter(channel="email").count() == 1, "the attempt stays"
    assert memory.differences() == []


def test_what_was_known_before_it_came_back_stays_known(
    story: Story,
    imap: ImapServer,  # noqa: F811
) -> None:
    message = story.send()
    imap.put(mails.postfix_bounce(message.far_id), at=BACK_AT)
    read_mailbox(lambda: BACK_AT)
    before = BACK_AT - dt.timedelta(minutes=1)
    assert (story.last_done(before), story.last_done(BACK_AT)) == (ON, None)


def test_a_copy_that_came_back_says_nothing_of_the_notice(
    story: Story,
    imap: ImapServer,  # noqa: F811
) -> None:
    message = story.send()
    OutboxMessage.objects.filter(pk=message.pk).update(target_index=b"somebody else")
    imap.put(mails.postfix_bounce(message.far_id), at=BACK_AT)
    read_mailbox(lambda: BACK_AT)
    assert (story.open_steps(), story.last_done()) == (set(), ON)


def test_a_notice_that_the_server_refuses_is_open_again_until_it_is_sent_once_more(
    story: Story,
) -> None:
    entry = story.entry()
    message = send(story.case, entry, actor=story.collector, at=SENT_AT).message
    assert message is not None
    story.told(message, "refused", SENT_AT)
    assert story.open_steps() == {"warn"}, "the address may be right: the same way stands open"
    assert story.task().standing == 1, "what was granted for the first try was used up"

    again = SENT_AT + dt.timedelta(hours=1)
    retry(message.pk, actor=story.manager, at=again, reason="服务器已恢复")
    assert (story.open_steps(), story.last_done()) == (set(), ON)

    story.told(message, "refused", again)
    assert (story.open_steps(), story.last_done()) == ({"warn"}, None)
    assert StepDone.objects.exclude(void_at=None).count() == 2
    assert memory.differences() == []


@pytest.mark.parametrize(("found", "is_open"), [("sent", False), ("failed", True)])
def test_a_person_finds_out_what_became_of_it(story: Story, found: str, is_open: bool) -> None:
    message = send(story.case, story.entry(), actor=story.collector, at=SENT_AT).message
    assert message is not None
    story.told(message, "lost", SENT_AT)
    assert story.open_steps() == set(), "nobody knows: it counts as sent"
    settle(message.pk, found, actor=story.manager, at=BACK_AT, reason="问过对方")  # type: ignore[arg-type]
    assert (story.open_steps() == {"warn"}) is is_open


def test_what_another_contact_did_stays_done(
    story: Story,
    imap: ImapServer,  # noqa: F811
) -> None:
    """The bounce of the first mail comes after the same notice left once more."""
    first = story.send()
    story.told_back(first)
    assert story.open_steps() == {"warn"}
    later = SENT_AT + dt.timedelta(hours=2)
    story.send(later)
    imap.put(mails.postfix_bounce(first.far_id), at=BACK_AT)
    read_mailbox(lambda: BACK_AT)
    assert (story.task().status, story.last_done()) == ("done", ON)


def test_a_mail_that_did_not_arrive_is_not_the_last_one(story: Story) -> None:
    message = story.send()
    summary = CaseSummary.objects.get(pk=story.case.pk)
    assert (summary.email_on, summary.emails_sent) == (ON, 1)

    not_arrived(message, BACK_AT)
    summary.refresh_from_db()
    assert (summary.email_on, summary.emails_sent) == (None, 0)
    assert facts.differences() == []
    with facts.as_of(ON, SENT_AT + DAY / 4), connection.cursor() as cursor:
        cursor.execute(
            "SELECT email_on FROM casebook_casesummary WHERE case_id = %s", [story.case.pk]
        )
        assert cursor.fetchone() == (ON,), "then nobody knew that it had not arrived"


def test_sent_once_more_it_counts_again(story: Story) -> None:
    message = story.send()
    not_arrived(message, BACK_AT)
    under_way_again(message, BACK_AT + DAY / 24)
    assert CaseSummary.objects.get(pk=story.case.pk).email_on == ON


def test_sending_again_does_not_rewrite_what_was_known_before(story: Story) -> None:
    """Refused at ten, sent again at eleven: at half past ten it was known to be lost, for ever."""
    message = send(story.case, story.entry(), actor=story.collector, at=SENT_AT).message
    assert message is not None
    story.told(message, "refused", SENT_AT)
    between = SENT_AT + dt.timedelta(minutes=30)
    again = SENT_AT + dt.timedelta(hours=1)
    assert email_on(story, between) is None

    retry(message.pk, actor=story.collector, at=again, reason="服务器已恢复")
    assert email_on(story, between) is None, "whoever sends again changes no past"
    assert email_on(story, again) == ON
    assert CaseSummary.objects.get(pk=story.case.pk).email_on == ON

    story.told(message, "refused", again + dt.timedelta(minutes=1))
    assert email_on(story, again) == ON
    assert CaseSummary.objects.get(pk=story.case.pk).email_on is None
    assert facts.differences() == []


def email_on(story: Story, known_at: dt.datetime) -> object:
    """The day of the last mail, as it was known then."""
    with facts.as_of(ON, known_at), connection.cursor() as cursor:
        cursor.execute(
            "SELECT email_on FROM casebook_casesummary WHERE case_id = %s", [story.case.pk]
        )
        return cursor.fetchone()[0]
