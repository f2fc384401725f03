"""The mail that leaves with an act: asked of the gate, in the words of the procedure.

written = ready(case, step, version, Speaks(matter), actor=actor, on=on)
send(written, Sending(purpose, about), case=case, step=step, act=act, at=at)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from huikuan.casebook import packs, spent
from huikuan.casebook.about import About
from huikuan.casebook.models import (
    Act,
    Case,
    ContactPoint,
    Document,
    OutboxMessage,
    PackVersion,
    Spent,
)
from huikuan.contacts.address import addresses_of, spelled
from huikuan.contacts.file import File
from huikuan.contacts.mail_words import Part, written
from huikuan.contacts.script_shown import label
from huikuan.contacts.script_values import Matter
from huikuan.engine.gate import purpose_of
from huikuan.engine.mail_text import MailText
from huikuan.engine.playbook import Step
from huikuan.gate import reserve
from huikuan.lib.problems import Problem
from huikuan.lib.sentences import Refusal
from huikuan.outbox.post import Email, post_email
from huikuan.people.models import User
from huikuan.receivables.sentences import problem

CHANNEL = "email"


@dataclass(frozen=True, slots=True)
class Ready:
    """A mail with its address, as it leaves and as its page shows it before; `problems`: why it
    cannot leave. What is not known stands in its text as a blank.
    """

    text: MailText | None = None
    point: ContactPoint | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Speaks:
    """What the mail is about; `known`: words that only the act knows, entered in the field
    `column` of its form.
    """

    matter: Matter
    known: Mapping[str, str] = field(default_factory=dict)
    column: str = ""


def ready(
    case: Case, step: Step, version: PackVersion, speaks: Speaks, *, actor: User, on: dt.date
) -> Ready:
    """The step's mail to the customer, in the language of the house, with its address.

    A mail in which a word is missing does not leave: nobody would read it before the customer.
    """
    point = addresses_of(case).first()
    part = Part(packs.words_of(version).scripts[step.script], speaks.matter, speaks.known)
    mail = written([part], File(case, on), point, actor)

    problems = []
    if point is None:
        problems.append(problem("mail.no_address"))
    if mail.text is None:
        problems.append(problem("mail.no_text", script=step.script))
    if point is not None:
        # The words greet whoever the address belongs to.
        problems += _missing(mail.missing, speaks)
    return Ready(mail.text, point, tuple(problems))


def _missing(names: Sequence[str], speaks: Speaks) -> Iterator[Problem]:
    """Words that are missing: those of the act beside their field, the others by name."""
    of_act = [label(name) for name in names if name in speaks.known]
    of_book = [label(name) for name in names if name not in speaks.known]
    if of_act:
        yield problem("mail.of_act", column=speaks.column, words="、".join(of_act))
    if of_book:
        yield problem("mail.words", words="、".join(of_book))


@dataclass(frozen=True, slots=True)
class Sending:
    """What a mail is about, and what goes along.

    `answers`: it answers something that the customer did, which the gate allows where nothing may
    be asked for.
    """

    purpose: str
    about: About
    documents: Sequence[Document] = ()
    answers: bool = False


def send(
    mail: Ready, sending: Sending, *, case: Case, step: Step, actor: User, act: Act, at: dt.datetime
) -> OutboxMessage:
    """Asks the gate under the lock of the person and posts the mail, which uses the answer up.

    Raises Refusal: mail.gate, and those of `post_email`. The caller's transaction is then void.
    """
    assert mail.text is not None and mail.point is not None and not mail.problems
    purpose = purpose_of(step)
    if sending.answers:
        purpose = "reply"
    decision = reserve.ask_again(
        case,
        mail.point,
        CHANNEL,
        actor=actor,
        at=at,
        style="informing",
        purpose=purpose,
    )
    if not decision.allowed:
        raise Refusal(problem("mail.gate", rule=decision.rule))

    email = Email(
        to=spelled(mail.point),
        subject=mail.text.subject,
        text=mail.text.text,
        documents=tuple(sending.documents),
    )
    message = post_email(email, purpose=sending.purpose, subject=sending.about, act=act, at=at)
    spent.spend(decision, Spent.Kind.MESSAGE, message.pk, actor=actor, at=at)
    return message
