"""A mail is asked about again when it leaves: it may have waited for days, or have failed."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from huikuan.approvals import step as approvals
from huikuan.casebook import facts
from huikuan.casebook.models import GateDecision, OutboxMessage
from huikuan.lib.sentences import Refusal
from huikuan.mails.send import send
from huikuan.ops import doctor
from huikuan.outbox import state
from huikuan.outbox.payload import payload_of
from huikuan.outbox.send import send_due
from huikuan.outbox.settle import retry, withdraw
from huikuan.outbox.tests.conftest import (  # noqa: F401 - fixtures
    MailServerOfTest,
    house_settings,
    mail_server,
)
from huikuan.people.models import User
from tests import people
from tests.test_explained import FOLDERS, ON
from tests.test_not_arrived import DAY, SENT_AT, Story, story  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.long]
HOUR = dt.timedelta(hours=1)
#: The mail server is back after a weekend.
BACK = SENT_AT + 3 * DAY
NIGHT = people.moment(ON + DAY, 3)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def posted(story: Story) -> OutboxMessage:  # noqa: F811
    """The notice waits in the outbox: no server takes it yet."""
    sent = send(story.case, story.entry(), actor=story.collector, at=SENT_AT)
    assert sent.message is not None, sent.problems
    return sent.message


def failed(story: Story) -> OutboxMessage:  # noqa: F811
    """The server refused it, and its task is open again."""
    message = posted(story)
    story.told(message, "refused", SENT_AT)
    return OutboxMessage.objects.get(pk=message.pk)


def leaves(at: dt.datetime) -> dict[str, int]:
    return dict(send_due(lambda: at))


def now(message: OutboxMessage) -> OutboxMessage:
    return OutboxMessage.objects.get(pk=message.pk)


def refusal(verb: Callable[..., Any], message: OutboxMessage, actor: User, at: dt.datetime) -> str:
    """Why it is not done; nothing is written then."""
    before = (now(message).status, list(message.events.values_list("pk", flat=True)))
    with pytest.raises(Refusal) as caught:
        verb(message.pk, actor=actor, at=at, reason="再试一次")
    assert before == (now(message).status, list(message.events.values_list("pk", flat=True)))
    return caught.value.code


def a_hold(story: Story) -> None:  # noqa: F811
    people.make_hold(story.case, ON)


def a_payment(story: Story) -> None:  # noqa: F811
    charge = story.case.items.get().charges.get()
    people.make_payment(story.case, ON, 123_450, to=charge)


def a_recall(story: Story) -> None:  # noqa: F811
    people.make_event(story.case, ON, "closed")


def a_dead_address(story: Story) -> None:  # noqa: F811
    people.make_status(story.address, story.case, "invalid", ON)


AGAINST = [a_hold, a_payment, a_recall, a_dead_address]


@pytest.mark.parametrize("against", AGAINST)
def test_what_came_while_it_waited_holds_it_back_with_the_reason(
    story: Story,  # noqa: F811
    mail_server: MailServerOfTest,  # noqa: F811
    against: Callable[[Story], None],
) -> None:
    message = posted(story)
    against(story)
    facts.refresh([story.case.pk])

    assert leaves(BACK) == {"held": 1}
    held = now(message)
    assert (held.status, held.held_at, held.next_at) == ("waiting", BACK, BACK + HOUR)
    assert held.error != "" and mail_server.taken == []
    assert "held back" in next(doctor.outbox()).text

    # The reason that stands is no new event each hour.
    assert leaves(BACK + HOUR) == {"held": 1}
    assert [event.kind for event in message.events.order_by("pk")] == ["posted", "held"]


@pytest.mark.parametrize("against", AGAINST)
def test_what_failed_is_not_sent_again_past_what_is_against_it(
    story: Story,  # noqa: F811
    against: Callable[[Story], None],
) -> None:
    message = failed(story)
    against(story)
    facts.refresh([story.case.pk])
    assert refusal(retry, message, story.manager, BACK) == "contact.mail_held"


def test_at_night_nothing_leaves_and_in_the_morning_it_does(
    story: Story,  # noqa: F811
    mail_server: MailServerOfTest,  # noqa: F811
) -> None:
    message = posted(story)
    assert leaves(NIGHT) == {"held": 1}
    assert "CN-HOURS" in now(message).error
    morning = people.moment(ON + DAY, 9)
    assert leaves(morning) == {"taken": 1}
    assert (now(message).status, now(message).held_at, now(message).error) == ("sent", None, "")
    assert len(mail_server.taken) == 1


def test_what_was_asked_a_moment_ago_leaves_at_once(
    story: Story,  # noqa: F811
    mail_server: MailServerOfTest,  # noqa: F811
) -> None:
    posted(story)
    before = GateDecision.objects.count()
    assert leaves(SENT_AT + dt.timedelta(minutes=1)) == {"taken": 1}
    assert GateDecision.objects.count() == before


def test_a_mail_that_is_held_back_can_be_withdrawn_and_its_task_is_open_again(
    story: Story,  # noqa: F811
    mail_server: MailServerOfTest,  # noqa: F811
) -> None:
    message = posted(story)
    assert leaves(NIGHT) == {"held": 1}
    assert story.open_steps() == set()
    withdraw(message.pk, actor=story.collector, at=NIGHT + HOUR, reason="客户已来电")
    assert now(message).status == "failed"
    assert story.open_steps() == {"warn"}
    assert leaves(people.moment(ON + DAY, 9)) == {}
    assert refusal(withdraw, message, story.collector, BACK) == "outbox.not_waiting"


def test_who_does_not_see_the_case_or_only_looks_sends_nothing_again(
    story: Story,  # noqa: F811
) -> None:
    message = failed(story)
    other = people.make_user("collector")
    quality = people.make_user("quality")
    for verb in (retry, withdraw):
        assert refusal(verb, message, other, BACK) == "outbox.unknown"
        assert refusal(verb, message, quality, BACK) == "outbox.right"


def test_what_another_way_has_done_since_is_not_sent_again(story: Story) -> None:  # noqa: F811
    first = failed(story)
    later = SENT_AT + HOUR
    again = send(story.case, story.entry(), actor=story.collector, at=later)
    assert again.message is not None, again.problems
    assert refusal(retry, first, story.collector, later + HOUR) == "contact.mail_over"


def test_the_page_shows_what_is_held_back_and_takes_the_decision(
    story: Story,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    mail_server: MailServerOfTest,  # noqa: F811
) -> None:
    message = posted(story)
    assert leaves(NIGHT) == {"held": 1}
    monkeypatch.setattr(timezone, "now", lambda: NIGHT + HOUR)
    client = Client()
    client.force_login(story.collector)
    page = client.get("/outbox/").content.decode()
    assert "CN-HOURS" in page and story.case.number in page

    sent = {"act": "withdraw", "message": message.pk, "reason": ""}
    client.post("/outbox/decide/", sent)
    assert now(message).status == "waiting", "without a reason nothing is decided"
    answer = client.post("/outbox/decide/", sent | {"reason": "客户已来电"}, follow=True)
    assert now(message).status == "failed"
    page = answer.content.decode()
    subject = payload_of(message)["subject"]
    assert f"“{subject}”不再发送；相应任务重新打开。" in page, "the message names the mail"
    assert "客户已来电" in page, "the reason of whoever decided"
    row = page.split("data-rows")[1].split("</table>")[0]
    for words in (subject, message.target_masked, story.case.number):
        assert words in row

    other = Client()
    other.force_login(people.make_user("collector"))
    assert story.case.number not in other.get("/outbox/").content.decode()
    other.post("/outbox/decide/", {"act": "retry", "message": message.pk, "reason": "x"})
    assert now(message).status == "failed"
    quality = Client()
    quality.force_login(people.make_user("quality"))
    assert quality.post("/outbox/decide/", sent).status_code == 403


class Approved(Story):
    """The notice wants the manager's approval."""

    def grant(self, at: dt.datetime) -> Any:
        asked = approvals.ask_for(
            self.task().pk, reason="首次通知", actor=self.collector, at=at
        ).approval
        assert asked is not None
        decided = approvals.decide(asked.pk, grant=True, reason="同意", actor=self.manager, at=at)
        assert decided.problems == ()
        return asked


@pytest.fixture
def approved(db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Approved:
    folder = tmp_path / "overdue_states"
    shutil.copytree(FOLDERS["overdue_states"], folder)
    playbook = folder / "playbook.yaml"
    text = playbook.read_text(encoding="utf-8")
    playbook.write_text(text.replace("- id: warn\n", "- id: warn\n    approval: manager\n", 1))
    monkeypatch.setitem(FOLDERS, "overdue_states", folder)
    return Approved(monkeypatch)


def test_sending_again_wants_the_approval_of_this_occasion(approved: Approved) -> None:
    approved.grant(SENT_AT)
    message = failed(approved)
    again = SENT_AT + HOUR
    assert refusal(retry, message, approved.collector, again) == "done.approval"

    approved.grant(again)
    retry(message.pk, actor=approved.collector, at=again, reason="地址已核对")
    assert approved.open_steps() == set()


def test_what_somebody_posted_who_has_left_waits_for_somebody_who_answers_for_it(
    story: Story,  # noqa: F811
    mail_server: MailServerOfTest,  # noqa: F811
) -> None:
    message = posted(story)
    story.collector.is_active = False
    story.collector.save(update_fields=["is_active"])
    assert leaves(SENT_AT + dt.timedelta(minutes=2)) == {"held": 1}
    assert mail_server.taken == []

    withdraw(message.pk, actor=story.manager, at=SENT_AT + HOUR, reason="经办人已离职")
    retry(message.pk, actor=story.manager, at=SENT_AT + HOUR, reason="由经理发出")
    assert leaves(SENT_AT + HOUR) == {"taken": 1}


def test_an_event_for_the_order_system_leaves_at_any_hour(story: Story) -> None:  # noqa: F811
    """It tells what is so already: nobody is asked for anything."""
    from huikuan.casebook.about import About
    from huikuan.outbox.post import post_webhook

    act = story.case.act
    event = post_webhook("erp.lock", {}, subject=About.of_case(story.case), act=act, at=NIGHT)
    assert leaves(NIGHT) == {}, "without an address it waits"
    assert now(event).held_at is None and state.due(NIGHT).count() == 1
