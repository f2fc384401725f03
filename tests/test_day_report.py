"""The lead's report of a day equals what somebody counts by hand in the raw records, per collector, team and client.

The counting below shares nothing with the report: rows are fetched one table at a time and counted in Python.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone

from huikuan.casebook import packs
from huikuan.casebook.models import (
    Assignment,
    CaseNote,
    CaseSummary,
    ContactRecord,
    Correction,
    GateDecision,
    Payment,
    Promise,
    Reversal,
    Task,
)
from huikuan.ops.arguments import today
from huikuan.ops.demo.load import load
from huikuan.people.models import Creditor, User
from huikuan.planning import roles_named
from huikuan.reports.day import as_json, report
from huikuan.reports.measures import MEASURES

pytestmark = [pytest.mark.django_db, pytest.mark.long]
LOCAL = ZoneInfo("Asia/Shanghai")
Key = tuple[int | None, int]


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker) -> Iterator[dt.date]:
    """The demo, loaded once; the day on which it was loaded."""
    with django_db_blocker.unblock(), transaction.atomic():
        on = today()
        load(150)
        yield on
        transaction.set_rollback(True)


# --- counting by hand


class Count:
    """Counts of one day: (collector, creditor) → measure → number, or minor units."""

    def __init__(self, on: dt.date, seen: dt.date) -> None:
        self.on, self.seen = on, seen
        self.n: dict[Key, Counter[str]] = defaultdict(Counter)
        self._contacts()
        self._promises_given()
        self._promises_due()
        self._money()
        self._gate()
        self._tasks()

    def _contacts(self) -> None:
        codes = packs.words_of
        books = {v.pack: codes(v).outcomes for v in packs.in_force(self.on) if v.kind == "playbook"}
        pack_of = {(creditor, product): pack for creditor, product, pack in packs.bindings(self.on)}
        worked: set[tuple[int, int]] = set()
        for row in ContactRecord.objects.filter(valid_on=self.on).select_related("act"):
            n = self.n[row.act.actor_id, row.creditor_id]
            book = books.get(pack_of.get((row.creditor_id, row.product), ""))
            outcome = book.outcome(row.answered, row.outcome) if book else None
            if not row.inbound and (row.act.actor_id, row.case_id) not in worked:
                worked.add((row.act.actor_id, row.case_id))
                n["cases"] += 1
            if row.inbound:
                n["inbound"] += 1
            elif row.channel == "call":
                n["calls"] += 1
                n["connected"] += row.connected
                spoke = (
                    outcome.right_party if outcome else row.answered == "debtor" and row.identified
                )
                n["right_party"] += row.connected and spoke
                n["third_party"] += row.connected and row.answered in {
                    "relative",
                    "colleague",
                    "friend",
                    "other",
                }
            else:
                n[{"letter": "letters", "visit": "visits"}.get(row.channel, "messages")] += 1
            if outcome:
                hold = outcome.hold.kind if outcome.hold else None
                n["deceased"] += hold == "deceased"
                n["fraud"] += hold == "fraud_victim" or outcome.code == "fraud_suspected"
                n["disputes"] += hold == "dispute"
                n["complaints"] += hold == "complaint" or outcome.code == "complains"
            n["overrides"] += bool(row.override_reason)
            n["unapproved"] += row.unapproved

    def _promises_given(self) -> None:
        plans = set()
        for row in Promise.objects.filter(valid_on=self.on).select_related("act"):
            n = self.n[row.act.actor_id, row.creditor_id]
            n["promises"] += row.plan not in plans
            n["promised"] += row.amount_minor
            plans.add(row.plan)

    def _promises_due(self) -> None:
        """By the plain reading of promises/state.py: an instalment alone is a plan whose money is what earlier ones left."""
        for row in Promise.objects.filter(due_on=self.on, valid_on__lte=self.seen).select_related(
            "act"
        ):
            n = self.n[row.act.actor_id, row.creditor_id]
            state = self._state(row)
            n["due"] += 1
            n["due_minor"] += row.amount_minor
            n[state] += 1
            if state != "pending":
                n[f"{state}_minor"] += row.amount_minor

    def _state(self, row: Promise) -> str:
        plan = sorted(
            Promise.objects.filter(plan=row.plan), key=lambda line: (line.due_on, line.pk)
        )
        last_day = row.due_on + dt.timedelta(row.grace_days)
        later = Promise.objects.filter(case_id=row.case_id, valid_on__lte=last_day).exclude(
            plan=row.plan
        )
        since, newest = min(line.valid_on for line in plan), max(line.pk for line in plan)
        replaced = any((other.valid_on, other.pk) > (since, newest) for other in later)
        money = sum(
            payment.amount_minor
            for payment in Payment.objects.filter(case_id=row.case_id)
            if since <= payment.valid_on <= min(last_day, self.seen)
            and not Reversal.objects.filter(payment=payment, valid_on__lte=self.seen).exists()
        )
        for line in plan:
            if line.pk == row.pk:
                break
            money -= line.amount_minor
        if money >= row.amount_minor - row.tolerance_minor:
            return "kept"
        if replaced or self.seen <= last_day:
            return "pending"
        return "part" if money > 0 else "broken"

    def _money(self) -> None:
        for payment in Payment.objects.filter(valid_on=self.on):
            n = self.n[self._holder(payment.case_id), payment.creditor_id]
            n["payments"] += 1
            n["received"] += payment.amount_minor
        for row in Reversal.objects.filter(valid_on=self.on).select_related("payment"):
            n = self.n[self._holder(row.case_id), row.creditor_id]
            n["reversals"] += 1
            n["reversed"] += row.payment.amount_minor
            n["received"] -= row.payment.amount_minor
        for row in Correction.objects.filter(valid_on=self.on).select_related("charge"):
            n = self.n[self._holder(row.case_id), row.creditor_id]
            n["corrections"] += 1
            n["corrected"] += row.charge.amount_minor

    def _holder(self, case: int) -> int | None:
        held = list(Assignment.objects.filter(case_id=case, valid_on__lte=self.on))
        return max(held, key=lambda row: (row.valid_on, row.pk)).user_id if held else None

    def _gate(self) -> None:
        for row in GateDecision.objects.filter(allowed=False).select_related("act", "case"):
            if row.at.astimezone(LOCAL).date() == self.on:
                self.n[row.act.actor_id, row.case.creditor_id]["refused"] += 1

    def _tasks(self) -> None:
        by_task: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for contact in (
            ContactRecord.objects.filter(valid_on=self.on)
            .select_related("act")
            .prefetch_related("tasks")
        ):
            for task in contact.tasks.all():
                by_task[task.pk].append((contact.act_id, contact.act.actor_id))
        for note in CaseNote.objects.filter(valid_on=self.on, task__isnull=False).select_related(
            "act"
        ):
            by_task[note.task_id].append((note.act_id, note.act.actor_id))
        for task in Task.objects.filter(status="done", status_on=self.on):
            if task.pk in by_task:
                self.n[min(by_task[task.pk])[1], task.creditor_id]["done"] += 1
        holder = dict(CaseSummary.objects.values_list("case_id", "assignee_id"))
        for task in Task.objects.filter(status="open", anchor__lte=self.on).select_related("step"):
            if packs.step_of(task.pack_version_id, task.step.code).role == "collector":
                n = self.n[holder[task.case_id], task.creditor_id]
                n["open"] += 1
                n["overdue"] += task.deadline_on is not None and task.deadline_on < self.on
                n["last_day"] += task.deadline_on == self.on
                n["barred"] += task.verdict != "allowed"


def counted(sums: list[Counter[str]]) -> dict[str, object]:
    """In the shape of the report's JSON, the answer rate included."""
    total: Counter[str] = Counter()
    for one in sums:
        for measure, n in one.items():
            total[measure] += n
    shape: dict[str, object] = {
        m.code: ({"CNY": total[m.code]} if total[m.code] else {})
        if m.kind == "money"
        else total[m.code]
        for m in MEASURES
    }
    return shape | {
        "answer_rate": round(total["connected"] / total["calls"], 4) if total["calls"] else None
    }


# --- the demo


def days(on: dt.date) -> list[dt.date]:
    return [on - dt.timedelta(back) for back in range(15)]


def test_the_lead_s_report_of_each_day_is_what_one_counts_by_hand(demo):
    manager = User.objects.get(username="mam")
    team_of = dict(User.objects.values_list("pk", "team__code"))
    name_of = dict(User.objects.values_list("pk", "username"))
    creditors = dict(Creditor.objects.values_list("pk", "code"))
    for on in days(demo):
        told, by_hand = report(manager, on, seen=demo), Count(on, demo).n
        assert as_json(told.total) == counted(list(by_hand.values())), on
        for lines, key in (
            (told.users, lambda pair: name_of.get(pair[0], "")),
            (told.teams, lambda pair: team_of.get(pair[0]) or ""),
            (told.clients, lambda pair: creditors[pair[1]]),
        ):
            for line in lines:
                mine = [n for pair, n in by_hand.items() if key(pair) == line.code]
                assert as_json(line.figures) == counted(mine), (on, line.code)


def test_a_lead_sees_the_own_team_a_collector_the_own_line_a_client_the_own_creditor(demo):
    on = demo - dt.timedelta(1)
    by_hand = Count(on, demo).n
    lead = User.objects.get(username="zhouh")
    team = set(User.objects.filter(team=lead.team).values_list("pk", flat=True))
    mine = [n for (user, _), n in by_hand.items() if user in team]
    assert as_json(report(lead, on, seen=demo).total) == counted(mine)
    collector = User.objects.get(username="lijg")
    told = report(collector, on, seen=demo)
    assert [line.code for line in told.users] == ["lijg"]
    assert as_json(told.total) == counted(
        [n for (user, _), n in by_hand.items() if user == collector.pk]
    )
    client = User.objects.get(username="client")
    told = report(client, on, seen=demo)
    assert told.users == told.teams == ()
    assert as_json(told.total) == counted(
        [n for (_, creditor), n in by_hand.items() if creditor == client.creditor_id]
    )


def test_the_demo_has_every_thing_that_the_report_shows(demo):
    manager = User.objects.get(username="mam")
    sums: Counter[str] = Counter()
    for on in days(demo):
        told = report(manager, on, seen=demo).total
        sums.update(told.numbers)
    wanted = (
        "calls",
        "connected",
        "right_party",
        "promises",
        "due",
        "kept",
        "broken",
        "payments",
        "reversals",
        "letters",
        "done",
    )
    assert {code for code in wanted if not sums[code]} == set()


def test_the_demo_uses_only_codes_that_its_packs_know(demo):
    words = {
        (creditor, product): packs.words_of(
            next(v for v in packs.in_force(demo) if v.pack == pack)
        ).outcomes
        for creditor, product, pack in packs.bindings(demo)
    }
    for row in ContactRecord.objects.exclude(outcome=""):
        outcome = words[row.creditor_id, row.product].outcome(row.answered, row.outcome)
        assert outcome is not None, (row.answered, row.outcome)
        assert not {"promise", "next_contact", "willingness", "reason", "note"} & set(
            outcome.needs
        ) - set(given_in(row))


def test_in_the_demo_somebody_has_each_role_that_its_procedures_name(demo):
    house = User.objects.get(username="mam").organisation
    assert house is not None
    assert "proprietor" in roles_named.named(house, demo)
    assert roles_named.without_user(house, demo) == {}


def given_in(row: ContactRecord) -> Iterator[str]:
    told = {
        "promise": row.promises.exists(), "next_contact": row.next_contact_on, "willingness": row.willingness,
        "reason": row.reason_code, "note": row.note,
    }  # fmt: skip
    return (name for name, value in told.items() if value)


def test_today_is_half_worked(demo):
    told = report(User.objects.get(username="mam"), demo, seen=demo).total.numbers
    assert told["calls"]
    assert told["done"]
    assert told["open"] > told["overdue"]


def test_the_demo_has_a_channel_into_which_files_may_be_put(demo):
    from huikuan.casebook.models import Channel
    from huikuan.channels.watch import look_at_all

    look_at_all(timezone.now())
    channel = Channel.objects.get()
    assert (channel.creditor.code, channel.error) == ("demo-bank", "")


def test_the_command_tells_the_same(demo, capsys):
    import argparse

    from huikuan.ops.commands import report as command

    parser = argparse.ArgumentParser()
    command.arguments(parser)
    on = demo - dt.timedelta(1)
    assert (
        command.run(
            parser.parse_args(["day", "--on", on.isoformat(), "--json", "--organisation", "demo"])
        )
        == 0
    )
    told = json.loads(capsys.readouterr().out)
    by_hand = Count(on, demo).n
    assert told["on"] == on.isoformat()
    assert told["total"] == counted(list(by_hand.values()))
    assert {line["code"] for line in told["clients"]} == {"demo-bank", "demo-loan", "demo-supplier"}
    assert (
        command.run(parser.parse_args(["day", "--on", on.isoformat(), "--organisation", "demo"]))
        == 0
    )
    assert "李建国" in capsys.readouterr().out
