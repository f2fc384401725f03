"""How long the gate takes for one contact: the statement in the database, and the whole question around it."""

from __future__ import annotations

import datetime as dt
import random
import time
from pathlib import Path
from typing import Any

from django.db import connection

from huikuan.casebook.models import Case, ContactPoint, ContactRecord
from huikuan.casebook.statements import kept
from huikuan.gate import ask as asking
from huikuan.gate.ask import Act, Circumstances, ask
from huikuan.gate.local import local
from huikuan.gate.rules import in_force

#: What the issue demands of one decision, in the database.
REQUIRED_P99_MS = 5.0


def measure(samples: int, *, at: dt.datetime, seed: int = 1) -> dict[str, Any]:
    """Asks about `samples` random cases of the book at the moment; figures in milliseconds.

    The first questions prepare the statement and are not counted. Raises ValueError when the book is empty.
    """
    cases = _pick(samples, seed)
    if not cases:
        raise ValueError("the book is empty")
    chosen = [(case, Act.of(_point(case), "call")) for case in cases]
    for case, act in chosen[:10]:
        ask(case, [act], at)
    floor, in_database, whole, cpu = [], [], [], []
    backend = _backend()
    for case, act in chosen:
        floor.append(_round_trip())
        before = _cpu(backend)
        in_database.append(_statement(case, act, at))
        cpu.append(_cpu(backend) - before)
        began = time.perf_counter()
        ask(case, [act], at, Circumstances(style="interactive"))
        whole.append((time.perf_counter() - began) * 1000)
    timed = {
        "floor_ms": floor,
        "database_ms": in_database,
        "database_cpu_ms": cpu,
        "question_ms": whole,
    }
    figures = {name: quantiles(values) for name, values in timed.items()}
    return {
        "bench": "gate",
        "cases": Case.objects.count(),
        "contacts": ContactRecord.objects.count(),
        "samples": len(chosen),
        "rules": len(in_force(local(chosen[0][0], at).on, chosen[0][0].creditor_id).rules),
        **figures,
        "required_p99_ms": REQUIRED_P99_MS,
        "reached": figures["database_ms"]["p99"] <= REQUIRED_P99_MS,
    }


def _pick(samples: int, seed: int) -> list[Case]:
    ids = Case.objects.order_by("pk").values_list("pk", flat=True)
    first, last = ids.first(), ids.last()
    if first is None or last is None:
        return []
    chance = random.Random(seed)
    wanted = {chance.randint(first, last) for _ in range(samples)}
    return list(Case.objects.filter(pk__in=wanted).select_related("person", "organisation"))


def _point(case: Case) -> ContactPoint | None:
    return ContactPoint.objects.filter(person_id=case.person_id, kind="mobile").first()


def _statement(case: Case, act: Act, at: dt.datetime) -> float:
    """Milliseconds from sending the one statement to having its row."""
    here = local(case, at)
    versions = in_force(here.on, case.creditor_id).versions
    parameters = asking.parameters(case, [act], here, Circumstances(style="interactive"))
    began = time.perf_counter()
    kept(asking.question(versions, False), parameters)
    return (time.perf_counter() - began) * 1000


def _round_trip() -> float:
    """The least that any statement takes on this machine now."""
    with connection.cursor() as cursor:
        began = time.perf_counter()
        cursor.execute("SELECT 1")
        cursor.fetchone()
        return (time.perf_counter() - began) * 1000


def _backend() -> Path:
    """Where Linux counts the processor time of our database process: other programs do not lengthen it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return Path(f"/proc/{cursor.fetchone()[0]}/schedstat")


def _cpu(backend: Path) -> float:
    """Milliseconds so far; 0 for a server that runs elsewhere."""
    return int(backend.read_text().split()[0]) / 1_000_000 if backend.exists() else 0.0


def quantiles(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    places = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return {
        name: round(ordered[min(len(ordered) - 1, int(len(ordered) * q))], 3)
        for name, q in places.items()
    }
