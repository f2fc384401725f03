"""What a room tells the house of itself: one `ROOM` in its `room.py`, and nothing anywhere else.

A room is a package of `settings.ROOMS`. Its `room.py` may import what its room may import, so the
declarations below hold words, addresses and functions; `web.rooms` finds them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from django.db.models import Q, QuerySet
from django.utils.functional import Promise

from huikuan.casebook.models import Act, Approval, Case, OutboxMessage, Task
from huikuan.engine.playbook import Step
from huikuan.lib.problems import Problem
from huikuan.people.models import User
from huikuan.people.rights import Right
from huikuan.web.navigation import Entry

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class RequestKind:
    """A kind of request that the room carries out once somebody else has granted it.

    `kind`: one of `Approval.Kind`. `decides`: the right that decides it where the procedure of the
    case says nothing else; None where each request brings its own chain.
    `sort`: the word of the subject by which a procedure may give one sort a chain of its own
    (`correction.waiver`), one of `engine.words.SORTS`.
    `decide`: name of an address that takes the approval's id, by POST, with `grant` yes or no.
    `withdraw`: name of one that takes the id, by POST, from whoever asked.
    `words`: what a request asks for, part by part, from its `subject`; empty parts are left out.

    `same`: the words of the subject that make two requests the same, so that what was refused is
    not asked of the next in line; of a step it is the task. `asks`: those which make it another
    request when they change, and `other_amount` whether a smaller amount does, or any other.
    `set_free`: called in the same transaction when a request is refused or withdrawn.
    `interested`: the requests in which a user has an interest of their own, as a condition on
    approvals: nobody is offered them, told of them, or answers them. `hindrance`: the sentence for
    it, or for another reason why a user does not answer this request, or does not grant it.
    """

    kind: str
    decides: Right | None
    decide: str
    withdraw: str
    words: Callable[[Row], Iterable[str]]
    sort: str = ""
    same: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    other_amount: Literal["", "smaller", "any"] = ""
    set_free: Callable[[Approval], None] | None = None
    interested: Callable[[User], Q] | None = None
    hindrance: Callable[[Approval, User, bool], Problem | None] | None = None


@dataclass(frozen=True)
class Shown:
    """What the history of a case says of one row. `recording`: address or name of a recording;
    `is_void`: it counts no more, as its badge says.
    """

    title: str
    text: str = ""
    icon: str = "info-circle"
    tone: str = "neutral"
    badge: str = ""
    recording: str = ""
    is_void: bool = False


@dataclass(frozen=True, kw_only=True)
class Happening:
    """A kind of row that the history of a case shows.

    `rows`: SELECT over a table with the alias x and a column `case_id`, giving `day` (local day),
    `at` (moment or NULL), `act_id` and `what` (jsonb). It may name %(zone)s, the house's time zone.
    `only`: a condition on x. `shown`: `what` in words. `right`: who sees such rows; None: everybody
    who sees the case. `by_minute`: the moment is shown; else the day.
    `for_client`: what a client reads of `what`, by key; empty: a client sees no such row. So what
    a room adds is the house's own until somebody names it here.
    """

    kind: str
    rows: str
    shown: Callable[[Row], Shown]
    only: str = ""
    right: Right | None = None
    by_minute: bool = False
    for_client: tuple[str, ...] = ()


#: Where the page of a case, or of a call on it, has links of rooms → the element that their answer
#: is put into.
PLACES = {"money": "#case-money", "acts": "#case-act", "call": "#call-act"}


@dataclass(frozen=True, kw_only=True)
class CaseLink:
    """A link on the page of a case; what its address answers opens there as a fragment.

    `url_name`: an address that takes the number of the case. `place`: one of PLACES; `acts` are for
    those who may write, `call` is beside a running talk. `key` opens it by keyboard, `hint` says
    what the key does.
    `right`: who has it; None: everybody. `when`: for which cases; None: for all. `order`: from the
    smallest on.
    """

    label: str | Promise
    url_name: str
    place: str
    order: int
    key: str = ""
    hint: str | Promise = ""
    icon: str = ""
    right: Right | None = None
    when: Callable[[Case], bool] | None = None

    def offered_to(self, user: User, case: Case) -> bool:
        if self.right is not None and not user.may(self.right):
            return False
        return self.when is None or self.when(case)


class StepRecorder(Protocol):
    """What a step records of its subject when it is done without a contact.

    The room of the subject gives it; who does the step, and when, is the planning's.
    The case is locked while it is asked, and everything happens in one transaction.
    """

    def takes(self, step: Step) -> bool:
        """Whether doing this step records something here."""
        ...

    def check(
        self, task: Task, step: Step, text: str, actor: User, on: dt.date
    ) -> Iterable[Problem]:
        """Everything that stands in the way. `text`: the note; `on`: the local day."""
        ...

    def write(
        self, task: Task, step: Step, text: str, act: Act, on: dt.date, at: dt.datetime
    ) -> None:
        """Writes what the step records, under the act of doing it.

        Raises Refusal where it cannot: whoever does the step takes everything back.
        """
        ...

    def take_back(self, task: Task, act: Act, at: dt.datetime) -> None:
        """Takes back what was written under this act. `at`: the moment of taking back."""
        ...


@dataclass(frozen=True, kw_only=True)
class StepPage:
    """Where a person does a step: there its script stands beside the form.

    `takes`: whether this page does the step; the first room of the settings that takes it has it.
    `address`: of the number of the case and the task. `label` stands on the button, `hint` says
    what its key does. `in_row`: the form opens in the row of the task.
    `alone`: nothing else does the step, also not a note. `command`: the command that does it with
    what the page asks for, where a note is not enough.
    """

    takes: Callable[[Step], bool]
    address: Callable[[str, Task], str]
    label: str | Promise
    hint: str | Promise
    icon: str
    in_row: bool = False
    alone: bool = False
    command: str = ""


@dataclass(frozen=True, kw_only=True)
class SubjectDeadlines:
    """What a room says of the deadlines of its subjects.

    `subject`: their kind, as "complaint". `visible`: the subjects that a user sees; nobody sees the
    deadlines of others. `interest`: why a user does nothing on the deadlines of
    the subject of this id; empty: nothing is in the way. `is_extended_there`: more time is given on
    the page of the subject alone, where it is part of its history.
    """

    subject: str
    visible: Callable[[User], QuerySet[Any]]
    interest: Callable[[int, User], str]
    is_extended_there: bool = False


@dataclass(frozen=True)
class DayLine:
    """A line of a person's day that belongs to no case. `late`: its last day is past."""

    title: str
    address: str
    due_on: dt.date
    late: bool


@dataclass(frozen=True)
class Hit:
    """Something that the search found besides cases: its name, a word about it, its page."""

    title: str
    text: str
    href: str


#: Finds what the user sees and a word fits, at most so many. No word finds nothing.
Search = Callable[[User, str, int], Iterable[Hit]]


#: What becomes of that with which a message went along, when nobody got it. The act: by which it
#: was withdrawn or given up; None: the program found out.
NotArrived = Callable[[OutboxMessage, Act | None, dt.datetime], None]
#: Why a message may not leave now; None: nothing is in the way. The user: who answers for it.
Leaving = Callable[[OutboxMessage, User, dt.datetime], Problem | None]


@dataclass(frozen=True, kw_only=True)
class Room:
    """Everything that other parts of the program ask of a room.

    `addresses`: the path below which its `urls.py` stands, such as "holds/"; None: it has no pages.
    `entries`: its lines of the side bar, which the command palette offers too.
    `searches`: asked by the box for everything, beside the cases.
    `leaving`: asked of every message at the moment when it leaves.
    `not_arrived`: told of every message that was refused, withdrawn or came back.
    `day_lines`: what the user has to do on the local day about subjects that belong to no case.
    `deadlines`: whose deadlines the room itself extends, and who touches none of them.
    """

    addresses: str | None = None
    entries: Collection[Entry] = ()
    requests: Collection[RequestKind] = ()
    happenings: Collection[Happening] = ()
    case_links: Collection[CaseLink] = ()
    step_recorders: Collection[StepRecorder] = ()
    step_pages: Collection[StepPage] = ()
    searches: Collection[Search] = ()
    leaving: Collection[Leaving] = ()
    not_arrived: Collection[NotArrived] = ()
    deadlines: Collection[SubjectDeadlines] = ()
    day_lines: Callable[[User, dt.date], Collection[DayLine]] | None = None
