"""The mail by which something about a case leaves: asked of the gate, written by the procedure.

written = write_mail(step, version, case, point, values=…, actor=…)
posted = post_mail(written, …)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

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
from huikuan.casebook.script_words import who
from huikuan.engine.gate import purpose_of
from huikuan.engine.mail_text import MailText, mail_text
from huikuan.engine.playbook import Step
from huikuan.engine.scripts import VARIABLES
from huikuan.gate import reserve
from huikuan.lib.problems import Problem
from huikuan.lib.sentences import Refusal
from huikuan.outbox.post import Email, post_email
from huikuan.people.models import User
from huikuan.receivables.address import addresses_of, spelled
from huikuan.receivables.sentences import problem

CHANNEL = "email"


@dataclass(frozen=True, slots=True)
class Ready:
    """A mail that can leave, with the address; or why it cannot."""

    text: MailText | None = None
    point: ContactPoint | None = None
    problems: tuple[Problem, ...] = ()


def ready(
    case: Case,
    step: Step,
    version: PackVersion,
    values: Mapping[str, str],
    *,
    actor: User,
    point: ContactPoint | None = None,
) -> Ready:
    """The step's mail to the customer, in the language of the house, with its address.

    A mail in which a word is missing does not leave: nobody would read it before the customer.
    """
    point = point or addresses_of(case).first()
    if point is None:
        return Ready(problems=(problem("mail.no_address"),))

    language = str(settings.LANGUAGE_CODE)[:2]
    script = packs.words_of(version).scripts[step.script]
    with translation.override(settings.LANGUAGE_CODE):
        known = who(case, point, actor) | dict(values)
        known["contact_person"] = known["contact_person"] or _("accounts department")
    rendered = script.render(known, language)
    text = mail_text(rendered.version)
    if text is None:
        return Ready(point=point, problems=(problem("mail.no_text", script=step.script),))
    if rendered.missing:
        words = [_in_words(name, language) for name in rendered.missing]
        return Ready(point=point, problems=(problem("mail.words", words="、".join(words)),))
    return Ready(text, point)


def _in_words(name: str, language: str) -> str:
    variable = VARIABLES[name]
    return variable.zh if language == "zh" else variable.en


@dataclass(frozen=True, slots=True)
class Sending:
    """What a mail is about, and what goes along."""

    purpose: str
    about: About
    documents: Sequence[Document] = ()


def send(
    mail: Ready, sending: Sending, *, case: Case, step: Step, actor: User, act: Act, at: dt.datetime
) -> OutboxMessage:
    """Asks the gate under the lock of the person and posts the mail, which uses the answer up.

    Raises Refusal: mail.gate, and those of `post_email`. The caller's transaction is then void.
    """
    assert mail.text is not None and mail.point is not None
    decision = reserve.ask_again(
        case,
        mail.point,
        CHANNEL,
        actor=actor,
        at=at,
        style="informing",
        purpose=purpose_of(step),
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
    spent.spend(decision.pk, Spent.Kind.MESSAGE, message.pk, at=at)
    return message
