"""What may be wrong with an installation, each finding with its repair. Checks look; only the database is started."""

import datetime as dt
import os
import platform
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from huikuan.ops import binaries, config, database, doctor_tables, postgres
from huikuan.ops.finding import Finding, Verdict
from huikuan.ops.words import gettext as _

PYTHON = ((3, 11), (3, 14))
#: A notice comes in November for the next year.
NOTICE_AHEAD = dt.timedelta(60)
LITTLE_BYTES, TOO_LITTLE_BYTES = 5_000_000_000, 500_000_000
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CJK_FONTS = ("NotoSansCJK*", "NotoSerifCJK*", "SourceHan*", "wqy-*", "PingFang*", "NotoSansSC*")
FONT_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
)


def examine(*, facts: bool = False) -> Iterator[Finding]:
    """All findings in the order in which one depends on the other. `facts`: compare the summary rows with the history too."""
    yield python()
    yield disk()
    yield from keys()
    yield from server(facts)
    yield chromium()
    yield fonts()
    yield from orphans()


def python() -> Finding:
    version = platform.python_version()
    if PYTHON[0] <= sys.version_info[:2] < PYTHON[1]:
        return Finding("python", "ok", f"{version}, {sys.executable}")
    return Finding(
        "python",
        "fail",
        version,
        _("install Python 3.11, 3.12 or 3.13 and run `make install PYTHON=python3.12`"),
    )


def disk() -> Finding:
    home = config.current().home
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return Finding(
            "home",
            "fail",
            f"{home}: {error.strerror}",
            _("set HUIKUAN_HOME to a folder that can be written"),
        )
    if not os.access(home, os.W_OK | os.X_OK):
        return Finding(
            "home", "fail", str(home), _("set HUIKUAN_HOME to a folder that can be written")
        )
    cluster = postgres.find(home)
    place = cluster.place if cluster and cluster.place.exists() else home
    free = shutil.disk_usage(place).free
    text = _("{path}, {n} GB free").format(path=place, n=f"{free / 1e9:.1f}")
    if free >= LITTLE_BYTES:
        return Finding("home", "ok", text)
    verdict: Verdict = "warn" if free >= TOO_LITTLE_BYTES else "fail"
    return Finding(
        "home",
        verdict,
        text,
        _("free some space: the database needs room for its log and for imports"),
    )


def keys() -> Iterator[Finding]:
    settings = config.current()
    for name in ("secret_key", "data_key"):
        path = settings.home / "keys" / name
        if getattr(settings, name) is not None:
            yield Finding(name, "ok", _("from HUIKUAN_{name}").format(name=name.upper()))
        elif not path.exists():
            yield Finding(
                name, "ok", _("will be made at the first start in {path}").format(path=path)
            )
        elif stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield Finding(
                name, "fail", _("others can read {path}").format(path=path), f"chmod 600 {path}"
            )
        else:
            yield Finding(
                name, "ok", _("{path}; keep a copy of it apart from the database").format(path=path)
            )


def server(facts: bool = False) -> Iterator[Finding]:
    """The database: programs, start, contents. Later findings are left out when an earlier one failed."""
    repair = _("`make install`, or set HUIKUAN_DATABASE_URL to a Postgres 15 or newer")
    lease = None
    try:
        if config.current().database_url is None:
            yield Finding("programs", "ok", str(binaries.program_folder()))
            lease = postgres.join(config.current().home)
            yield Finding("server", "ok", _("runs in {path}").format(path=lease.cluster.data))
        database.set_up()
        yield from _contents(facts)
    except binaries.PostgresError as error:
        yield Finding("server", "fail", str(error), repair)
    finally:
        if lease is not None:
            from django.db import connections

            connections.close_all()
            lease.release()


def _contents(with_facts: bool) -> Iterator[Finding]:
    from django.db import Error, connection

    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('server_version'), current_setting('server_encoding'),"
                " pg_database_size(current_database())"
            )
            version, encoding, size = cursor.fetchone()
        yield Finding("database", "ok", f"PostgreSQL {version}, {size / 1e6:.0f} MB")
        if encoding != "UTF8":
            yield Finding("encoding", "fail", encoding, _("make the database with ENCODING 'UTF8'"))
        if missing := database.pending():
            text = _("{n} missing, the first is {name}").format(n=len(missing), name=missing[0])
            yield Finding("migrations", "warn", text, "huikuan migrate")
            return
        yield Finding("migrations", "ok", _("complete"))
        if with_facts:
            yield same_facts()
            yield settled()
            yield same_memory()
            yield doctor_tables.references()
            yield doctor_tables.same_shards()
        yield from doctor_tables.findings()
        yield from procedures()
        yield worker()
        yield from outbox()
        yield working_days()
        yield from house()
    except Error as error:
        yield Finding(
            "database",
            "fail",
            (str(error).splitlines() or ["-"])[0],
            _("check the server that HUIKUAN_DATABASE_URL names"),
        )


def same_facts() -> Finding:
    """Compares every stored fact with the raw history: minutes for a large book."""
    from huikuan.casebook.facts import differences

    found = differences()
    if not found:
        return Finding("facts", "ok", _("every summary row is what the history says"))
    tables = ", ".join(sorted({f"{table} {key}" for table, key, *_rest in found})[:5])
    text = _("{n} summary rows differ from the history, such as {rows}").format(
        n=len(found), rows=tables
    )
    return Finding("facts", "fail", text, "huikuan doctor --rebuild-facts")


def settled() -> Finding:
    """Whether the ledger is what payments and charges say: minutes for a large book."""
    from huikuan.ops import ledger

    if text := ledger.faults():
        return Finding("ledger", "fail", text, "huikuan doctor --rebuild-facts")
    return Finding("ledger", "ok", _("every payment is set against what the law says"))


def same_memory() -> Finding:
    """Compares what steps remember with the tasks that were done."""
    from huikuan.casebook.done import differences

    found = differences()
    if not found:
        return Finding("memory", "ok", _("what steps remember is what was done"))
    named = ", ".join(map(str, found[:5]))
    text = _("steps remember something else than was done, such as of tasks {tasks}")
    return Finding("memory", "fail", text.format(tasks=named), "huikuan doctor --rebuild-facts")


def rebuild_facts() -> None:
    """Settles every case, and makes every summary row and the memory of steps anew, in one
    transaction."""
    database.connect()
    from django.db import transaction

    from huikuan.casebook import done
    from huikuan.casebook.facts import rebuild
    from huikuan.ops import ledger

    with transaction.atomic():
        ledger.settle_all()
        rebuild()
        done.mend()


def working_days() -> Finding:
    """Whether official notices cover today and the next sixty days."""
    from huikuan.casebook.calendar import calendar
    from huikuan.ops.arguments import today

    try:
        known = calendar()
    except ValueError as error:
        return Finding("calendar", "fail", str(error), "huikuan calendar FILE")
    ahead = today() + NOTICE_AHEAD
    if known.provisional(ahead):
        text = _(
            "{year} has no official notice of working days: they are provisional, Monday to Friday"
        )
        repair = _("when the notice is out: huikuan calendar FILE")
        return Finding("calendar", "warn", text.format(year=ahead.year), repair)
    return Finding(
        "calendar", "ok", _("official notices to {year}").format(year=max(known.official_years))
    )


def worker() -> Finding:
    from huikuan.ops import status

    jobs = status.jobs()
    text = _("{waiting} jobs wait, {running} run, {failed} failed").format(**jobs)
    if status.worker_alive():
        return Finding("worker", "ok", text)
    return Finding(
        "worker",
        "warn" if jobs["waiting"] else "ok",
        _("none runs; {text}").format(text=text),
        "huikuan worker",
    )


def outbox() -> Iterator[Finding]:
    """What has not left or come back, and whether the mailbox is read."""
    from django.utils import timezone

    from huikuan.casebook.models import OutboxMessage
    from huikuan.outbox import mailbox, smtp
    from huikuan.outbox.state import abandoned

    statuses = ("waiting", "failed", "bounced", "outcome_unknown")
    counts = {name: OutboxMessage.objects.filter(status=name).count() for name in statuses}
    text = _(
        "{waiting} wait, {failed} failed, {bounced} came back, {outcome_unknown} of unknown outcome"
    ).format(**counts)
    left = abandoned(timezone.now()).count()
    if left:
        stuck = _("{n} are stuck: whoever sent them was ended in the middle").format(n=left)
        yield Finding("outbox", "warn", stuck, "huikuan worker")
    held = OutboxMessage.objects.filter(status="waiting", held_at__isnull=False).count()
    if held:
        kept = _("{n} mails are held back: the gate or an approval is against them now")
        yield Finding("outbox", "warn", kept.format(n=held), "huikuan outbox list")
    mails_wait = OutboxMessage.objects.filter(status="waiting", kind="email").exists()
    if mails_wait and not smtp.is_set():
        yield Finding("outbox", "warn", text, _("set HUIKUAN_SMTP_HOST and HUIKUAN_MAIL_FROM"))
    elif counts["failed"] or counts["bounced"] or counts["outcome_unknown"]:
        yield Finding("outbox", "warn", text, "huikuan outbox list")
    else:
        yield Finding("outbox", "ok", text)

    if mailbox.is_set():
        yield _mailbox_read()


def _mailbox_read() -> Finding:
    from huikuan.outbox.mailbox import mailbox

    row = mailbox()
    if row.error:
        return Finding("mailbox", "warn", row.error, "huikuan outbox read")
    if row.read_at is None:
        return Finding("mailbox", "warn", _("the mailbox was never read"), "huikuan worker")
    text = _("the mailbox was last read at {at}")
    return Finding("mailbox", "ok", text.format(at=f"{row.read_at:%Y-%m-%d %H:%M}"))


def procedures() -> Iterator[Finding]:
    """Open cases that nobody works on because they follow no procedure; packs not in force."""
    from huikuan.ops import doctor_procedures

    yield from doctor_procedures.findings()


def house() -> Iterator[Finding]:
    """What a house should still say or do; nothing in a book without one."""
    from django.utils import timezone

    from huikuan.ops import doctor_house

    yield from doctor_house.findings(timezone.now())


def chromium() -> Finding:
    named = config.current().chromium
    found = (
        str(named)
        if named
        else next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    )
    if found and Path(found).exists():
        return Finding("chromium", "ok", found)
    return Finding(
        "chromium",
        "warn",
        _("none; only the browser tests need it"),
        _("apt-get install chromium, or set HUIKUAN_CHROMIUM"),
    )


def fonts() -> Finding:
    fc_list = shutil.which("fc-list")
    if fc_list:
        result = subprocess.run(
            [fc_list, ":lang=zh-cn", "family"], capture_output=True, text=True, check=False
        )
        if first := next(iter(result.stdout.splitlines()), None):
            return Finding("fonts", "ok", first)
    for folder in FONT_FOLDERS:
        for pattern in CJK_FONTS:
            if found := next(Path(folder).expanduser().rglob(pattern), None):
                return Finding("fonts", "ok", found.name)
    return Finding(
        "fonts",
        "warn",
        _("no Chinese font here; only screenshots need it"),
        "apt-get install fonts-noto-cjk",
    )


def orphans() -> Iterator[Finding]:
    """Databases that root keeps for a HUIKUAN_HOME that is gone."""
    if os.geteuid() != 0:
        return
    for folder in binaries.SYSTEM_FOLDERS:
        for mark in sorted(folder.glob("*/home")):
            home = Path(mark.read_text())
            cluster = postgres.find(home) if home.is_absolute() else None
            if cluster is None or cluster.place != mark.parent:
                text = _("{path} belongs to {home}, which is gone").format(
                    path=mark.parent, home=home
                )
                yield Finding(
                    "orphan",
                    "warn",
                    text,
                    _("if it is not needed any more: rm -r {path}").format(path=mark.parent),
                )
