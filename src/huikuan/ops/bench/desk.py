"""huikuan bench desk: collectors at their desks, all at once, over HTTP, on the web server that `huikuan run` starts.

Each collector has a thread and a connection: next case, case page, call page, start, save, what comes next, and a search
now and then, with a time to think before each act. A lead and a manager look at the board and search beside them.
Afterwards the book is asked whether all that was answered as saved is there, once.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.utils import timezone

from huikuan.lib.calendar import china
from huikuan.ops.bench import book
from huikuan.ops.bench.gate import quantiles
from huikuan.ops.bench.visitor import Times, Visitor
from huikuan.people.models import Organisation, User
from huikuan.people.rights import Right
from huikuan.people.roles import create_user
from huikuan.planning.plan import last_planned, plan

HOST = "127.0.0.1"
#: What the issue demands, in milliseconds at p99.
REQUIRED = {"next": 150, "case": 150, "save": 150, "search": 100, "board": 500}
_CALL = re.compile(r'href="(/calls/[^"/]+/\d+/)"')
_WARM_SECONDS = 5.0
_WARM_VISITORS, _WARM_CASES = 16, 3


@dataclass
class Tally:
    """What the answers said: request keys of saved contacts."""

    saved: list[str] = field(default_factory=list)
    without_call: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def today() -> book.Day:
    """Today, where it is eleven o'clock."""
    now = timezone.now()
    zone = _zone_of_working_hours(now)
    return book.Day(now.astimezone(ZoneInfo(zone)).date(), now, now - dt.timedelta(days=1), zone)


def measure(
    day: book.Day,
    cases: int = 1_000_000,
    collectors: int = 50,
    seconds: float = 60.0,
    think: float = 5.0,
) -> dict[str, Any]:
    """Times of every kind of request, errors, and what the book says afterwards. Needs the book of `today` (`book.prepare`); plans
    it if that was not done."""
    if last_planned() != day.on:
        _plan(day)
    people = _people(collectors)
    before = _records()
    times, tally, ended = Times(), Tally(), threading.Event()
    with _Server() as server:
        visitors = [Visitor(HOST, server.port, _session(user), times) for user in people]
        _warm(visitors, people, cases, tally)
        threads = [
            threading.Thread(
                target=_work, args=(one, user, cases, think, tally, ended), daemon=True
            )
            for one, user in zip(visitors, people, strict=True)
        ]
        for thread in threads:
            thread.start()
        ended.wait(_WARM_SECONDS + think)
        times.counting = True
        began, cpu = time.perf_counter(), time.process_time()
        ended.wait(seconds)
        times.counting = False
        lasted, client = time.perf_counter() - began, time.process_time() - cpu
        ended.set()
        for thread in threads:
            thread.join(70)
    asked = sum(map(len, times.milliseconds.values()))
    kinds = {
        name: {"count": len(found), **quantiles(found)}
        for name, found in sorted(times.milliseconds.items())
    }
    floor = kinds.pop("floor", {})
    book_says = _verify(before, tally)
    errors = {name: len(found) for name, found in times.errors.items()}
    reached = {
        name: kinds[name]["p99"] <= limit for name, limit in REQUIRED.items() if name in kinds
    }
    return {
        "bench": "desk",
        "cases": cases,
        "contact_records": before,
        "collectors": collectors,
        "think_seconds": think,
        "seconds": round(lasted, 1),
        "requests": asked,
        "requests_per_second": round(asked / lasted, 1),
        "client_cpu_share": round(client / lasted, 3),
        "client_cpu_ms_per_request": round(client / max(asked, 1) * 1000, 2),
        "milliseconds": kinds,
        # the cheapest answer of the server among all others: what waiting alone costs on this machine
        "floor_milliseconds": floor,
        "required_p99_ms": REQUIRED,
        "reached": reached,
        "errors": errors,
        "first_errors": [
            f"{name} {text}" for name, found in times.errors.items() for text in found[:2]
        ],
        "cases_without_call": tally.without_call,
        "book": book_says,
    }


def _zone_of_working_hours(now: dt.datetime) -> str:
    """A zone in which it is eleven o'clock: calls may be made there, whenever the bench runs."""
    ahead = 11 - now.astimezone(dt.UTC).hour  # -12 … 11
    return f"Etc/GMT{-ahead:+d}"  # the sign of these names is turned round


def _plan(day: book.Day) -> None:
    plan(day.on, actor=User.objects.order_by("pk")[0], at=day.at, calendar=china())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE casebook_task")


def _people(collectors: int) -> list[User]:
    """The first collectors of the book, then a lead and a manager."""
    house = Organisation.objects.get(code="bench")
    found = list(
        User.objects.of_role("collector").filter(organisation=house).order_by("pk")[:collectors]
    )
    team = found[0].team
    for name, role in (("bench.lead", "team_lead"), ("bench.manager", "manager")):
        one = create_user(
            name, organisation=house, roles=[role], team=team if "lead" in name else None
        )
        found.append(one)
    return found


def _session(user: User) -> str:
    """A session as signing in makes it."""
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return str(store.session_key)


class _Server:
    """The web server process of `huikuan run`."""

    def __enter__(self) -> _Server:
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            self.port = int(probe.getsockname()[1])
        environ = os.environ | {"HUIKUAN_LOG_LEVEL": "error"}
        command = [sys.executable, "-m", "huikuan.ops.serve", HOST, str(self.port)]
        self._process = subprocess.Popen(command, env=environ, stdin=subprocess.DEVNULL)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        end = time.monotonic() + 60
        while True:
            try:
                opener.open(f"http://{HOST}:{self.port}/sign-in/", timeout=10).close()
                return self
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)

    def __exit__(self, *_exc: object) -> None:
        self._process.terminate()
        self._process.wait(30)


def _warm(visitors: list[Visitor], people: list[User], cases: int, tally: Tally) -> None:
    """Every process of the server has compiled and prepared what it will ask, as on any day after its first minute."""
    chance = random.Random(0)
    pairs = [*zip(visitors, people, strict=True)]

    def warm(pair: tuple[Visitor, User]) -> None:
        visitor, user = pair
        visitor.get("search", f"/search/?q={quote(_word(chance, cases))}", fragment=True)
        if not user.may(Right.HOLD_CASES):
            visitor.get("board", "/reports/board/")
        after = ""
        for _ in range(_WARM_CASES if user.may(Right.HOLD_CASES) else 0):
            after = _one_case(visitor, chance, after, lambda: True, tally)

    with ThreadPoolExecutor(
        _WARM_VISITORS
    ) as pool:  # at once: each thread of the server has a connection of its own
        list(pool.map(warm, (*pairs[:_WARM_VISITORS], *pairs[-2:])))


def _work(
    visitor: Visitor, user: User, cases: int, think: float, tally: Tally, ended: threading.Event
) -> None:
    chance = random.Random(user.pk)
    watches = not user.may(Right.HOLD_CASES)
    after = ""

    def thought() -> bool:
        """Whether there is time for another act."""
        return not ended.wait(chance.uniform(0.5, 1.5) * think)

    ended.wait(chance.uniform(0, 1) * think)  # nobody starts with the others
    while thought():
        if watches:
            visitor.get("board", "/reports/board/")
        if (watches or chance.random() < 0.3) and thought():
            visitor.get("search", f"/search/?q={quote(_word(chance, cases))}", fragment=True)
        if not watches:
            after = _one_case(visitor, chance, after, thought, tally)
    visitor.close()


def _word(chance: random.Random, cases: int) -> str:
    """What people type: a name, its initials, a case number, the last digits of a phone or an identity number."""
    n = chance.randint(1, cases)
    name, initials = book.name_of(n)
    return chance.choice((name, name[:2], initials, f"B{n}", f"{n % 10000:04d}"))


def _one_case(
    visitor: Visitor, chance: random.Random, after: str, thought: Any, tally: Tally
) -> str:
    """The next case and a call to it. Gives the number of the case, or of the last one."""
    visitor.get("floor", "/sign-in/")
    sent = visitor.get("next", f"/work/next/?after={quote(after)}" if after else "/work/next/")
    if not sent.location.startswith("/cases/"):
        return ""
    number = sent.location.split("/")[2]
    page = visitor.get("case", sent.location)
    found = _CALL.search(page.text)
    if found is None or not thought():
        with tally.lock:
            tally.without_call += found is None
        return number
    address = found[1]
    call = visitor.get("call", address)
    fields = call.form
    if "request_key" not in fields:
        # No page came, or another one. What the server could not answer is counted already.
        if call.status:
            visitor.times.wrong("call", f"no form of a call: {call.status} {call.location}")
        return number
    if not thought():
        return number
    if 'data-key="d"' not in call.text:
        fields |= {"took_place": "yes", "override_reason": "bench"}
    started = visitor.post("start", f"{address}start/", fields)
    if 'name="decision"' not in started.text or not thought():
        return number
    saved = visitor.post("save", f"{address}save/", fields | started.form | _talk(chance))
    if "data-saved" in saved.text:
        with tally.lock:
            tally.saved.append(fields["request_key"])
        if follows := re.search(r'hx-post="(/cases/[^"]+/next/)" hx-trigger="load"', saved.text):
            visitor.post("follows", follows[1], {})
    elif saved.status == 200:
        visitor.times.wrong("save", "the answer does not say that it is saved")
    return number


def _talk(chance: random.Random) -> dict[str, str]:
    """Nobody answers, or the debtor does and a next talk is agreed."""
    if chance.random() < 0.6:
        return {"answered": "nobody", "outcome": "no_answer", "note": ""}
    day = (
        (timezone.now() + dt.timedelta(days=1))
        .astimezone(ZoneInfo(_zone_of_working_hours(timezone.now())))
        .date()
    )
    return {
        "answered": "debtor", "identified": "on", "outcome": "next_contact", "reason_code": "hardship", "seconds": "60",
        "willingness": "wavering", "next_on": day.isoformat(), "next_at": "10:30", "note": "本人接听，称手头紧，约明日再谈。",
    }  # fmt: skip


def _records() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM casebook_contactrecord")
        return int(cursor.fetchone()[0])


def _verify(before: int, tally: Tally) -> dict[str, Any]:
    """What was answered as saved against what is in the book: nothing lost, nothing twice, each with its decision."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT request_key, count(*), bool_and(decision_id IS NOT NULL) FROM casebook_contactrecord"
            " WHERE request_key IS NOT NULL GROUP BY request_key"
        )
        rows = {key: (count, decided) for key, count, decided in cursor.fetchall()}
        cursor.execute(
            "SELECT DISTINCT case_id FROM casebook_contactrecord WHERE request_key IS NOT NULL"
        )
        touched = [key for (key,) in cursor.fetchall()]
    from huikuan.casebook import facts

    said = Counter(tally.saved)
    return {
        "said_saved": len(tally.saved),
        "in_the_book": _records() - before,
        "lost": sum(key not in rows for key in said),
        "doubled": sum(count > 1 for count, _decided in rows.values())
        + sum(n > 1 for n in said.values()),
        # a save whose answer came after the end of the run is in the book all the same
        "not_said": sum(key not in said for key in rows),
        "without_decision": sum(not decided for _count, decided in rows.values()),
        "facts_differ": len(facts.differences(only=touched)),
    }
