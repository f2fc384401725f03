"""huikuan bench import: a card sheet of N rows from CSV into the case book, against the same rows by INSERT … SELECT.

One row is one debtor with one card, two charges, a mobile number and an address: the most that a row of a sheet can
be. The floor writes every row that the import wrote, from plain copies of the tables into the same indexed and
constrained tables, in one transaction: what no import could save.
"""

from __future__ import annotations

import datetime as dt
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import polars as pl
from django.db import connection, transaction
from django.utils import timezone

from huikuan.casebook.models import Placement
from huikuan.intake import load, mapping
from huikuan.lib import ids
from huikuan.people.models import Creditor, Organisation
from huikuan.people.roles import create_user
from huikuan.planning.load import load_all

AT = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
#: In the order of their references.
TABLES = (
    "personkey",
    "person",
    "case",
    "account",
    "item",
    "charge",
    "payment",
    "allocation",
    "hold",
    "contactpoint",
    "casesummary",
    "itemsummary",
)
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
GIVEN = "一二三四五六七八九十甲乙丙丁戊己庚辛壬癸春夏秋冬"


def write_file(path: Path, rows: int) -> None:
    """An invented card sheet in the form of the mapping card_cn: right check digits, telephone numbers that nobody
    has.
    """
    n = pl.int_range(rows, eager=True)
    front = (
        "990101" + (1900 + n % 10).cast(pl.String) + (1 + n // 10 % 12).cast(pl.String).str.zfill(2)
    )
    front = (
        front
        + (1 + n // 120 % 28).cast(pl.String).str.zfill(2)
        + (n // 3360 % 1000).cast(pl.String).str.zfill(3)
    )
    total: Any = sum(
        front.str.slice(i, 1).cast(pl.Int32) * weight for i, weight in enumerate(ids.RIC_WEIGHTS)
    )
    check = (total % 11).replace_strict(dict(enumerate(ids.RIC_CHECKS)), return_dtype=pl.String)
    card = "62220000" + n.cast(pl.String).str.zfill(7)
    doubled = [card.str.slice(i, 1).cast(pl.Int32) * (2 - i % 2) for i in range(15)]
    luhn: Any = (10 - sum(digit - (digit > 9).cast(pl.Int32) * 9 for digit in doubled) % 10) % 10
    letters = [pl.Series(list(word)) for word in (SURNAMES, GIVEN, GIVEN)]
    name = (
        letters[0].gather(n % 20)
        + letters[1].gather(n // 20 % 24)
        + letters[2].gather(n // 480 % 24)
    )
    empty = pl.Series([""]).new_from_index(0, rows)
    days = pl.Series(["2026-11-02"]).str.to_date().new_from_index(0, rows)
    columns = {
        "姓名": name,
        "身份证号": front + check,
        "卡号": card + luhn.cast(pl.String),
        "欠款本金": (n * 7919 % 8_000_000 + 50_000).cast(pl.String).str.replace(r"(..)$", ".$1"),
        "利息": (n * 31 % 90_000 + 100).cast(pl.String).str.replace(r"(..)$", ".$1"),
        "违约金": empty,
        "逾期日期": _days(days, n),
        "手机": "1380000" + (n % 10_000).cast(pl.String).str.zfill(4),
        "家庭电话": empty,
        "单位电话": empty,
        "户籍地址": "测试省试验市样例路" + (n % 9000 + 1).cast(pl.String) + "号",
    }
    for which in ("1", "2"):
        columns |= {f"联系人{which}{part}": empty for part in ("姓名", "关系", "电话")}
    dated = {
        "委案日期": "2026-11-02",
        "退案日": "2027-01-31",
        "委外告知日": "2026-10-20",
        "手别": "一手",
    }
    columns |= {
        column: pl.Series([value]).new_from_index(0, rows) for column, value in dated.items()
    }
    pl.DataFrame(columns).write_csv(path)


def _days(start: pl.Series, n: pl.Series) -> pl.Series:
    back = pl.DataFrame({"start": start, "n": n}).select(
        pl.col("start") - pl.duration(days=pl.col("n") % 300 + 30)
    )
    return back.to_series().cast(pl.String)


def measure(rows: int = 1_000_000) -> dict[str, Any]:
    """Seconds, rows a second, the floor of the same rows, ratio, peak memory; needs an empty database."""
    if Placement.objects.exists():
        raise RuntimeError("this book is in use: bench in an empty one")
    house = Organisation.objects.create(code="bench", name="bench")
    actor = create_user("bench", organisation=house, roles=["system_admin"])
    wanted = mapping.load("card_cn")
    load_all(at=timezone.now())
    creditor = Creditor.objects.create(
        organisation=house, code=wanted.creditor.code, name="bench", kind="bank"
    )
    with tempfile.TemporaryDirectory(prefix="huikuan-bench-") as folder:
        path = Path(folder) / "bench.csv"
        write_file(path, rows)
        size = path.stat().st_size
        _checkpoint()
        stages: list[tuple[str, float]] = []
        started = time.perf_counter()
        result, checked = load.import_file(
            path,
            creditor,
            wanted,
            actor,
            at=AT,
            progress=lambda stage, _done, _of: stages.append(
                (stage, round(time.perf_counter() - started, 2))
            ),
        )
        seconds = time.perf_counter() - started
        del checked
    floor = _floor()
    return {
        "bench": "import",
        "rows": rows,
        "megabytes": round(size / 1e6, 1),
        "accepted": result.accepted,
        "seconds": round(seconds, 2),
        "rows_per_second": round(rows / seconds),
        "stages": dict(stages),
        "floor_seconds": round(floor, 2),
        "ratio": round(seconds / floor, 2),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def _floor() -> float:
    """The rows that the import wrote, from plain copies, into the emptied tables."""
    names = [f"casebook_{table}" for table in TABLES]
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"DROP TABLE IF EXISTS bench_{name}")
            cursor.execute(f"CREATE UNLOGGED TABLE bench_{name} AS SELECT * FROM {name}")
        cursor.execute(f"TRUNCATE {', '.join(names)} CASCADE")
    _checkpoint()
    started = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"INSERT INTO {name} SELECT * FROM bench_{name}")
    seconds = time.perf_counter() - started
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"DROP TABLE bench_{name}")
    return seconds


def _checkpoint() -> None:
    """Both ways begin with the same quiet disk."""
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
