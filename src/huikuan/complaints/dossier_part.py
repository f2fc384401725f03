"""A part of a dossier: its columns and rows, and what every part is read with.

A dossier leaves the house, for a regulator or a court: every cell is a word, a moment of the
house's clock or money with its currency, in one language, and no code of ours. Its words have the
context "dossier": a word of another page, such as *Answered* of a call, means something else there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Case, CharField, F, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone
from django.utils.translation import get_language, pgettext

from huikuan.casebook import act_names, pack_names
from huikuan.casebook.models import Complaint, ContactRecord, Document
from huikuan.lib.money import format_minor
from huikuan.people import roles
from huikuan.people.models import User
from huikuan.people.service import SERVICE, is_service_user
from huikuan.web.fact_words import in_language

#: Documents that a dossier itself became are no part of the next one.
PDF_KIND = "dossier_pdf"
FOLDER_KIND = "dossier_folder"
Cells = Sequence[object]


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `width`: its share of the line in print."""

    title: str
    width: float = 1


@dataclass(frozen=True)
class Part:
    """One part: `name` of its file, its columns, its rows. `why_absent`: where it has none."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Cells]
    why_absent: str = ""

    @property
    def absence(self) -> str:
        """What is said of it where it has no rows."""
        return self.why_absent or pgettext("dossier", "there is none")


@dataclass(frozen=True)
class Reading:
    """One reading of a complaint at a moment, with what several parts ask for."""

    complaint: Complaint
    at: dt.datetime
    _outcomes: dict[str, str] = field(default_factory=dict)
    _channels: dict[str, str] = field(default_factory=dict)

    @property
    def case_id(self) -> int:
        """The case; 0, which no case has, where there is none."""
        return self.complaint.case_id or 0

    @property
    def no_case(self) -> str:
        """Why nothing is told of a case; empty where there is one."""
        if self.complaint.case_id:
            return ""
        return pgettext("dossier", "the complaint belongs to no case")

    @cached_property
    def role_titles(self) -> roles.Titles:
        """Code of a role → what it is called."""
        return roles.titles(self.complaint.organisation_id)

    @cached_property
    def contacts(self) -> list[Any]:
        """The contacts of the case with the columns of a dossier. Three parts tell of them."""
        mine = ContactRecord.objects.filter(case_id=self.case_id).order_by("at", "pk")
        names = ("at", "channel", "inbound", "connected", "answered", "seconds", "outcome", "note")
        told = mine.annotate(by=name_of_actor()).values_list(
            *names, "override_reason", "by", named=True
        )
        return list(told)

    @cached_property
    def documents(self) -> list[Document]:
        """The documents of the complaint and of its case, without former dossiers."""
        return documents_of(self.complaint)

    def outcome(self, code: str) -> str:
        """What came of a contact, as the procedure calls it."""
        if code and code not in self._outcomes:
            self._outcomes[code] = in_language(pack_names.outcome_title(code)) or code
        return self._outcomes.get(code, "")

    def channel(self, code: str) -> str:
        """A kind of contact in words."""
        if code not in self._channels:
            self._channels[code] = act_names.name_of(code)
        return self._channels[code]


def documents_of(complaint: Complaint) -> list[Document]:
    """The documents of the complaint and of its case, without former dossiers."""
    mine = Document.objects.filter(subject_kind="complaint", subject_id=complaint.pk)
    if complaint.case_id is not None:
        mine |= Document.objects.filter(case_id=complaint.case_id)
    return list(mine.exclude(kind__in=(PDF_KIND, FOLDER_KIND)).order_by("valid_on", "pk"))


def person(user: User) -> str:
    """Who did it; what the program does by itself is the program's."""
    if is_service_user(user):
        return pgettext("dossier", "the program")
    return str(user)


def name_of_actor() -> Any:
    """The same for each row of a query, without reading the whole user of each."""
    program = When(
        act__actor__username__startswith=SERVICE,
        then=Value(pgettext("dossier", "the program")),
    )
    shown = NullIf(F("act__actor__display_name"), Value(""), output_field=CharField())
    named = Coalesce(shown, F("act__actor__username"), output_field=CharField())
    return Case(program, default=named, output_field=CharField())


def moment(at: dt.datetime | None) -> str:
    """A moment by the clock of the house."""
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S") if at else ""


def day(on: dt.date | None) -> str:
    """A day as it is written everywhere."""
    return on.isoformat() if on else ""


def money(minor: int | None, currency: str) -> str:
    """An amount with its currency; nothing for nothing."""
    if not minor:
        return ""
    return format_minor(minor, currency or "CNY", get_language() or "zh-hans")
