"""The commands: attempts at the act of a step, and why the others are no way to one."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from importlib import import_module

from huikuan.casebook.models import OutboxMessage
from huikuan.ops import cli
from tests.approval_ways.office import TODAY, Office
from tests.approval_ways.way import Attempt, Way


def parser_of(name: str) -> argparse.ArgumentParser:
    """The words that a command takes."""
    file = cli.names()[name]
    parser = argparse.ArgumentParser()
    import_module(f"huikuan.ops.commands.{file.stem}").arguments(parser)
    return parser


def doors() -> Iterator[str]:
    """Every command, with its second word where it has one."""
    for name in cli.names():
        second = [
            action.choices
            for action in parser_of(name)._actions
            if isinstance(action, argparse._SubParsersAction)
        ]
        if not second:
            yield name
        for choices in second:
            for word in choices:
                yield f"{name} {word}"


def run(office: Office, *words: object) -> int:
    """The command's exit code; 1 where it says what is wrong."""
    name, *rest = [str(word) for word in words]
    args = parser_of(name).parse_args(rest)
    if hasattr(args, "user") and args.user is None:
        args.user = office.doer.username
    try:
        file = cli.names()[name]
        return int(import_module(f"huikuan.ops.commands.{file.stem}").run(args))
    except cli.CommandError:
        return 1


def done(step: str) -> Way:
    """The task of a step is done by a note."""

    def attempt(office: Office) -> object:
        return run(office, "done", office.tasks[step].pk, "--note", "已办")

    return Way("done", step, attempt)


TALK = (
    "--answered", "debtor", "--identified", "--outcome", "promised", "--note", "本人承诺",
    "--promise-amount", "500.00", "--promise-on", TODAY.replace(day=4), "--reason-code", "hardship",
    "--willingness", "willing", "--seconds", "65",
)  # fmt: skip


def contact(channel: str, step: str, kind: str, *words: object) -> Way:
    """A contact in this channel that does the task of the step."""

    def attempt(office: Office) -> object:
        task = office.tasks[step]
        assert task.case is not None
        point = office.point(task.case, kind)
        named = ("--channel", channel, "--point", point, "--task", task.pk)
        return run(office, "contact", task.case.number, *named, *words)

    return Way("contact", f"{channel}, {step}", attempt)


def event(office: Office) -> object:
    return run(office, "event", office.customer.number, "--kind", "legal_agreed")


def lock(office: Office) -> object:
    told = ("--told", "otherwise", "--reason", "屡催不付")
    return run(office, "lock", "set", office.customer.number, "--orders", "new", *told)


def unlock(office: Office) -> object:
    told = ("--told", "otherwise", "--reason", "已提供担保")
    return run(office, "lock", "end", office.locked.number, "--because", "secured", *told)


def statement(month: str, kind: str, *words: str) -> Attempt:
    """An event of the customer's statement of the month."""

    def attempt(office: Office) -> object:
        return run(office, "statement", "event", office.customer.number, month, kind, *words)

    return attempt


def retry(office: Office) -> object:
    """A mail that was granted, left and failed: its task is open again, as another occasion."""
    message = OutboxMessage.objects.get(case=office.locked, kind="email")
    return run(office, "outbox", "retry", message.pk, "--reason", "服务器已恢复")


WAYS = (
    done("review_sheet"),
    done("outsourcing_notice"),
    done("hand_back"),
    done("dispute_review"),
    done("agree_legal"),
    done("penalty"),
    contact("call", "first_call", "mobile", *TALK),
    contact("call", "first_call", "mobile", "--in", *TALK),
    contact("sms", "promise_remind", "mobile", "--note", "短信"),
    contact("email", "chase_email", "email", "--note", "邮件"),
    contact("letter", "notice_letter", "address", "--note", "信函"),
    contact("visit", "visit_local", "address", "--staff", "2", *TALK),
    Way("event", "the event that a step records", event),
    Way("lock set", "deliveries are locked", lock),
    Way("lock end", "deliveries are unlocked", unlock),
    Way("statement event", "submitted", statement("2026-11", "submitted")),
    Way("statement event", "sent, with its mail", statement("2026-10", "sent", "--told", "mail")),
    Way("outbox retry", "a mail leaves once more", retry),
)

_READS = "reads, and writes nothing"
_HOUSE = "sets up people, house, calendar or installation; no case is touched"
_PROCEDURE = "says which procedure holds; it does no step of one"
_CASES = "brings, moves or gives back whole cases; no step records that (engine/subjects.py)"
_OWN_REQUEST = "asks for something that somebody else decides as a request of its own"
_DECIDES = "is the decision on such a request, or takes one back"
_POSTED = "is about a message that an act posted before"
_MADE_UP = "works in a book of its own, or an empty one"
#: Command → why no step is done by it.
_COMPLAINT = "is about a complaint: its verb asks who may do it, and no step of it has an approval"
NO_WAY = {
    "run": "serves the pages and the worker's jobs",
    "worker": "sends what acts posted, plans, watches deadlines",
    "demo": _MADE_UP,
    "bench": _MADE_UP,
    "doctor": _READS,
    "house show": _READS,
    "house set": _HOUSE,
    "team list": _READS,
    "team add": _HOUSE,
    "team rename": _HOUSE,
    "user list": _READS,
    "user template": _READS,
    "user add": _HOUSE,
    "user role": _HOUSE,
    "user team": _HOUSE,
    "user password": _HOUSE,
    "user end": _HOUSE,
    "user import": _HOUSE,
    "role list": _READS,
    "role rights": _READS,
    "role add": _HOUSE,
    "import": _CASES,
    "arrival": _CASES,
    "look-up list": _READS,
    "look-up ask": _CASES,
    "look-up submit": _CASES,
    "look-up confirm": _CASES,
    "look-up answer": _CASES,
    "penalty list": _READS,
    "penalty propose": _HOUSE,
    "penalty appeal": _HOUSE,
    "penalty decide": _HOUSE,
    "penalty sheet": _READS,
    "filter progress": _READS,
    "filter next": _READS,
    "filter save": _CASES,
    "filter missing": _READS,
    "filter look": _CASES,
    "filter sent": _CASES,
    "filter answered": _CASES,
    "batch name": _HOUSE,
    "batch refuse": _CASES,
    "batch give-up": _CASES,
    "batch seen": _READS,
    "batch call-on": _HOUSE,
    "channel list": _READS,
    "channel files": _READS,
    "channel add": _HOUSE,
    "channel change": _HOUSE,
    "channel end": _HOUSE,
    "channel look": _CASES,
    "channel fetch": _CASES,
    "channel key": _READS,
    "allocate": _CASES,
    "recall": _CASES,
    "plan": "plans the day: it asks for steps, and does none",
    "day": "plans the day: it asks for steps, and does none",
    "tasks": _READS,
    "explain": _READS,
    "gate": _READS,
    "pay": "takes in money of the debtor: what was paid is no act of ours",
    "report": _READS,
    "ageing": _READS,
    "check": _READS,
    "messages": _HOUSE,
    "manage": "Django's own commands, for whoever has the database anyway",
    "migrate": _HOUSE,
    "calendar": _HOUSE,
    "requirements": "writes a page of the documentation",
    "approval ask": "asks for the grant",
    "approval decide": "is the grant",
    "approval take-back": "takes the grant back",
    "approval show": _READS,
    "approval list": _READS,
    "bind list": _READS,
    "bind set": _PROCEDURE,
    "bind end": _PROCEDURE,
    "pack list": _READS,
    "pack activate": _PROCEDURE,
    "pack rollback": _PROCEDURE,
    "pack take-back": _PROCEDURE,
    "charge ask": _OWN_REQUEST,
    "charge decide": _DECIDES,
    "void ask": _OWN_REQUEST,
    "void decide": _DECIDES,
    "hold list": _READS,
    "hold place": "rests the case: less is done, not more",
    "hold propose": _OWN_REQUEST,
    "hold end": "ends a rest of the case",
    "hold decide": _DECIDES,
    "hold withdraw": _DECIDES,
    "clock list": _READS,
    "clock extend": "gives a deadline more time",
    "clock lift": "decides that a missed deadline was none",
    "statement list": _READS,
    "statement show": _READS,
    "outbox list": _READS,
    "outbox show": _READS,
    "outbox send": _POSTED,
    "outbox settle": _POSTED,
    "outbox withdraw": "keeps a mail from leaving",
    "outbox acknowledge": _POSTED,
    "outbox target": _HOUSE,
    "outbox read": _POSTED,
    "outbox mail": _READS,
    "outbox match": _POSTED,
    "outbox set-aside": _POSTED,
    "complaint list": _READS,
    "complaint receive": _COMPLAINT,
    "complaint accept": _COMPLAINT,
    "complaint own": _COMPLAINT,
    "complaint promise": _COMPLAINT,
    "complaint departments": _COMPLAINT,
    "complaint department-answer": _COMPLAINT,
    "complaint report": _COMPLAINT,
    "complaint help": _COMPLAINT,
    "complaint result": _COMPLAINT,
    "complaint propose": _COMPLAINT,
    "complaint answer": _COMPLAINT,
    "complaint unreasonable": _COMPLAINT,
    "complaint second": _COMPLAINT,
    "complaint explain": _COMPLAINT,
    "complaint escalate": _COMPLAINT,
    "complaint more-time": _COMPLAINT,
    "complaint correct": _COMPLAINT,
    "complaint extension-told": _COMPLAINT,
    "complaint paper": _COMPLAINT,
    "complaint decide": _COMPLAINT,
    "complaint reply": _COMPLAINT,
    "complaint close": _COMPLAINT,
    "complaint dossier": _COMPLAINT,
    "complaint approve": "is the decision on a proposal",
}
