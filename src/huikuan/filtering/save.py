"""A new case is filtered: once, by whoever holds it, or by the lead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Exists, OuterRef

from huikuan.casebook import journal, sealed
from huikuan.casebook.access import visible_cases
from huikuan.casebook.days import day_of
from huikuan.casebook.locks import lock_cases
from huikuan.casebook.models import Act, Case, CaseFilter, Placement, PlacementEvent
from huikuan.casebook.placement_events import happened
from huikuan.clocks.refresh import lock_subjects, refresh
from huikuan.filtering.end import end
from huikuan.filtering.fields import sheet_of
from huikuan.filtering.sentences import MOST_NOTE, problem
from huikuan.filtering.tell import tell_lead
from huikuan.filtering.words import Words, words_of
from huikuan.lib.problems import Problem
from huikuan.people.models import User
from huikuan.people.rights import Right

READ = "read"
MISSING = "missing"
DOUBTFUL = "doubtful"
MARKS = (READ, MISSING, DOUBTFUL)
_PER_CENT = 100
_BYTE = 256


@dataclass(frozen=True, slots=True)
class FilterEntry:
    """What the collector says. `marks`: field → read, missing or doubtful; `asks`: the client is
    asked for what is missing or doubtful.
    """

    class_code: str
    marks: Mapping[str, str] = field(default_factory=dict)
    asks: bool = True
    note: str = ""
    #: What was said before counts no more.
    corrects: bool = False


@dataclass(frozen=True, slots=True)
class Filtered:
    """The row that was written, or why none was."""

    row: CaseFilter | None
    problems: tuple[Problem, ...] = ()

    @property
    def done(self) -> bool:
        """Whether this call filtered the case."""
        return self.row is not None


@transaction.atomic
def filter_case(number: str, entry: FilterEntry, *, actor: User, at: dt.datetime) -> Filtered:
    """Writes down what was read of a case. The last case of a batch ends its filtering.

    A case is filtered once for each batch that brought it: a second time changes nothing, unless
    it corrects the first.
    """
    seen = visible_cases(actor).select_related("person", "summary", "organisation", "placement")
    case = seen.filter(number=number).first()
    if case is None or not actor.may_write:
        return Filtered(None, (problem("filter.case"),))

    on = day_of(case.organisation, at)
    words = words_of(case.creditor_id, on)
    problems = tuple(_problems(case, words, entry, actor))
    if problems or words is None or case.placement is None:
        return Filtered(None, problems)

    # Whoever saves the same case in the same moment waits here, and then finds it filtered.
    lock_cases([case.pk])
    before = CaseFilter.objects.standing().filter(case=case, placement=case.placement).first()
    if before is not None and not entry.corrects:
        return Filtered(None, (problem("filter.before"),))

    act = journal.begin(actor, "filtering.save", at=at)
    if before is not None:
        end(before, CaseFilter.Ended.CORRECTED, act)
    wanting: list[str] = []
    if entry.asks:
        wanting = [code for code, mark in entry.marks.items() if mark != READ]

    row = CaseFilter.objects.create(
        **journal.columns(case, act, on=on, at=at),
        case=case,
        placement=case.placement,
        user=actor,
        class_code=entry.class_code,
        class_title=dict(words.title_of(entry.class_code)),
        reach=sheet_of(case, words.order).reach,
        marks=dict(entry.marks),
        asked_fields=wanting,
        note=entry.note.strip(),
        is_sample=_is_of_sample(case, words.share),
    )
    if words.is_for_lead(entry.class_code):
        tell_lead(row, at)
    _end_batch(case.placement, act, at)
    return Filtered(row)


def _problems(
    case: Case, words: Words | None, entry: FilterEntry, actor: User
) -> Iterator[Problem]:
    """What forbids it, all at once."""
    if words is None:
        yield problem("filter.no_words")
        return
    if case.placement is None:
        yield problem("filter.no_batch")
        return
    if case.summary.assignee_id != actor.pk and not actor.may(Right.ALLOCATE):
        yield problem("filter.not_yours")
        return

    if words.classes.entry(entry.class_code) is None:
        yield problem("filter.class", column="class_code")
    yield from _wrong_marks(words, entry)
    if len(entry.note.strip()) > MOST_NOTE:
        yield problem("filter.note_long", column="note", most=MOST_NOTE)


def _wrong_marks(words: Words, entry: FilterEntry) -> Iterator[Problem]:
    """Fields without a mark, and those with one that does not fit the class."""
    is_complete = words.is_complete(entry.class_code)
    for each in words.fields.entries:
        mark = entry.marks.get(each.code)
        title = each.title["zh"]
        if mark not in MARKS:
            yield problem("filter.mark", column=f"mark_{each.code}", field=title)
        elif is_complete and mark != READ and words.is_needed(each.code):
            yield problem("filter.not_complete", column="class_code", field=title)


def _is_of_sample(case: Case, share: int) -> bool:
    """Whether somebody looks at it again: drawn by a secret of the house, so that nobody knows
    beforehand, and the same case is drawn the same way each time.
    """
    drawn = sealed.index("filter.sample", str(case.pk))[0]
    return drawn * _PER_CENT < share * _BYTE


def _end_batch(placement: Placement, act: Act, at: dt.datetime) -> None:
    """Once nothing of it is left to filter, the batch is filtered."""
    # Two who save the last two cases each do not see the other's: the second waits here, and sees.
    lock_subjects("placement", [placement.pk])
    standing = CaseFilter.objects.standing()
    filtered = standing.filter(case=OuterRef("pk"), placement=placement)
    left = Case.objects.filter(~Exists(filtered), placement=placement, summary__is_open=True)
    ended = placement.events.filter(kind=PlacementEvent.Kind.FILTERED)
    if left.exists() or ended.exists():
        return

    happened(placement, PlacementEvent.Kind.FILTERED, act=act, at=at)
    refresh({"placement": [placement.pk]}, by=act, at=at)
