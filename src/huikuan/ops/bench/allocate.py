"""huikuan bench allocate: 100,000 waiting cases to 200 collectors, proposal and confirmation, against the plainest way.

The floor reads the same cases, gives them out in turn without looking, and writes the same lines, assignments and
summary columns by the same statements: what no allocation could save.
"""

from __future__ import annotations

import datetime as dt
import resource
import time
from typing import Any

from django.db import connection, transaction

from huikuan.casebook.models import AllocationRun, Assignment, CaseSummary
from huikuan.ops.bench import book
from huikuan.people.models import Organisation, User

ON = dt.date(2026, 11, 23)
AT = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
_FLOOR_LINES = """
INSERT INTO casebook_allocationline (run_id, case_id, user_id, reason, edited)
SELECT %(run)s, s.case_id, (%(users)s::bigint[])[1 + row_number() OVER () %% %(n)s], %(reason)s::jsonb, false
FROM casebook_casesummary s WHERE s.is_open AND s.assignee_id IS NULL
"""


def prepare(cases: int, collectors: int) -> tuple[Organisation, User]:
    """Fills the empty database: unheld cases of five products, collectors with different skills and room."""
    book.fill(cases, 0, on=ON, at=AT)
    organisation = Organisation.objects.get(code="bench")
    users = list(User.objects.filter(organisation=organisation).order_by("pk"))
    for number, user in enumerate(users):
        user.is_active = number < collectors
        user.capacity = round(cases / collectors * (1.0, 1.2, 1.6)[number % 3] + 1)
        user.skills = [word for word, every in (("card", 2), ("loan", 3)) if number % every == 0]
    User.objects.bulk_update(users, ["is_active", "capacity", "skills"])
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE casebook_assignment")
        cursor.execute(
            "UPDATE casebook_case SET product = (ARRAY['card', 'loan', 'car', 'rent', 'fee'])[1 + id % 5]"
        )
        cursor.execute("VACUUM ANALYZE casebook_case, casebook_assignment")
    from huikuan.casebook import facts

    facts.rebuild()
    return organisation, users[0]


def measure(cases: int = 100_000, collectors: int = 200) -> dict[str, Any]:
    """Seconds to propose (and of these to search) and to confirm; floor of the same rows; ratio; peak memory."""
    from huikuan.allocation import propose as room
    from huikuan.allocation.confirm import confirm

    organisation, actor = prepare(cases, collectors)
    floor_propose, floor_confirm = _floor(organisation, actor)
    searching = _timed_search()
    started = time.perf_counter()
    run = room.propose(organisation, ON, actor=actor, at=AT)
    proposed = time.perf_counter()
    done = confirm(run, actor, AT)
    ended = time.perf_counter()
    propose_seconds, confirm_seconds = proposed - started, ended - proposed
    floor = floor_propose + floor_confirm
    return {
        "bench": "allocate",
        "cases": cases,
        "collectors": collectors,
        "seconds": round(propose_seconds, 3),
        "search_seconds": round(searching.seconds, 3),
        "confirm_seconds": round(confirm_seconds, 3),
        "rows_per_second": round(cases / (propose_seconds + confirm_seconds)),
        "placed": run.summary["placed"],
        "assigned": done.assigned,
        "objective": round(searching.objective, 6),
        "above_bound": round(searching.objective / searching.bound - 1, 6)
        if searching.bound
        else None,
        "floor_seconds": round(floor, 3),
        "floor_confirm_seconds": round(floor_confirm, 3),
        "ratio": round((propose_seconds + confirm_seconds) / floor, 2),
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


class _Search:
    """The room's search with a stop-watch, and how good its answer was."""

    def __init__(self, inner: Any) -> None:
        self.inner, self.seconds, self.objective, self.bound = inner, 0.0, 0.0, 0.0

    def __call__(self, problem: Any) -> dict[int, int]:
        from huikuan.allocation.bound import lower_bound
        from huikuan.allocation.loads import Loads

        started = time.perf_counter()
        placed: dict[int, int] = self.inner(problem)
        self.seconds += time.perf_counter() - started
        loads = Loads(problem)
        for index, u in placed.items():
            loads.put(u, problem.kind_of[index], (loads.worth[index], index))
        self.objective, self.bound = (
            self.objective + loads.cost(),
            self.bound + lower_bound(problem),
        )
        return placed


def _timed_search() -> _Search:
    from huikuan.allocation import propose as room

    if not isinstance(room.search, _Search):
        room.search = _Search(room.search)  # type: ignore[assignment]
    return room.search  # type: ignore[return-value]


def _floor(organisation: Organisation, actor: User) -> tuple[float, float]:
    """Seconds for the lines and for the confirmation of a plain round; everything is taken back afterwards."""
    from huikuan.allocation.confirm import confirm
    from huikuan.casebook import journal

    users = list(
        User.objects.filter(organisation=organisation, is_active=True).values_list("pk", flat=True)
    )
    reason = '{"principle": "mix", "code": "even", "age": "M3", "fit": 100, "of": 200, "other": 184, "number": 513}'
    try:
        with transaction.atomic():
            act = journal.begin(actor, "bench.floor", at=AT)
            started = time.perf_counter()
            run = AllocationRun.objects.create(
                organisation=organisation, act=act, on=ON, proposed_at=AT, summary={"before": {}}
            )
            with connection.cursor() as cursor:
                cursor.execute(
                    _FLOOR_LINES, {"run": run.pk, "users": users, "n": len(users), "reason": reason}
                )
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            proposed = time.perf_counter()
            confirm(run, actor, AT)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            ended = time.perf_counter()
            raise _TakenBack
    except _TakenBack:
        pass
    with connection.cursor() as cursor:
        for model in (AllocationRun, Assignment, CaseSummary):
            cursor.execute(f"VACUUM {model._meta.db_table}")
    return proposed - started, ended - proposed


class _TakenBack(Exception):
    pass
