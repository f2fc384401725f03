"""A mail to the debtor in the words of the procedure: for the page where it is read, for an act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from huikuan.casebook.models import ContactPoint
from huikuan.contacts.file import File
from huikuan.contacts.script_shown import language
from huikuan.contacts.script_values import Matter, values_of
from huikuan.engine.mail_text import TEXT, MailText, joined, mail_text
from huikuan.engine.scripts import Script
from huikuan.people.models import User


@dataclass(frozen=True)
class Part:
    """A script, what it speaks of, and words that only its act knows."""

    script: Script
    matter: Matter
    known: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """The mail, None where no script writes one; `missing`: variables that the book does not know,
    which stand in it as blanks.
    """

    text: MailText | None
    missing: tuple[str, ...] = ()


def written(
    parts: Sequence[Part], file: File, point: ContactPoint | None, speaker: User
) -> Written:
    """One mail about everything, in the language of the house, whoever writes it."""
    mails = []
    missing: dict[str, None] = {}
    with translation.override(settings.LANGUAGE_CODE):
        for part in parts:
            values = {"contact_person": _("accounts department")}
            values |= values_of(file, point, speaker, part.matter)
            values |= part.known

            mail = mail_text(part.script.render(values, language()).version)
            if mail is not None:
                mails.append(mail)
                missing |= dict.fromkeys(_blanks(part.script, values))
    return Written(joined(mails), tuple(missing))


def _blanks(script: Script, values: Mapping[str, str]) -> list[str]:
    """Variables of the mail itself that have no value; those of a talk do not matter."""
    names = script.versions[language()].needed_of(TEXT)
    return [name for name in names if not values.get(name)]
