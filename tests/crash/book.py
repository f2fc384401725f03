"""The whole book in a canonical form: without the ids, moments and sealed bytes that no two runs share."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from functools import cached_property
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection, models
from procrastinate.contrib.django import app as queue

#: What a row is known by in the world; every reference to it is written so.
NATURAL = {
    "Organisation": ("code",),
    "Creditor": ("organisation", "code"),
    "Team": ("organisation", "code"),
    "User": ("username",),
    "PersonKey": ("key",),
    "Person": ("creditor", "number"),
    "Case": ("number",),
    "Account": ("creditor", "number_index"),
    "Item": ("account", "number"),
    "Charge": ("item", "kind", "valid_on"),
    "Payment": ("creditor", "reference"),
    "ContactPoint": ("person", "kind", "value_index"),
    "Placement": ("creditor", "number"),
    "PackVersion": ("pack", "hash"),
    "Step": ("pack", "code"),
    "Act": ("actor", "verb", "reason"),
    "PlanRun": ("on",),
    "AllocationRun": ("organisation", "on", "status"),
    "Clock": ("placement", "kind"),
}
#: Ids that are kept as numbers, by the column's name.
NUMBERS = {
    "organisation_id": "Organisation", "creditor_id": "Creditor", "person_id": "Person", "person_key_id": "PersonKey",
    "assignee_id": "User", "team_id": "Team", "account_id": "Account", "subject_id": "Item", "point_id": "ContactPoint",
}  # fmt: skip
#: Of no meaning to the book: measured times, and what a second, idle run of the same command leaves too.
LEFT_OUT = {
    "milliseconds",
    "request_id",
    "compiled",
    "password",
    "last_login",
    "run",
    "proposed_at",
}
IN_JSON = {"seconds", "placement", "run", "milliseconds"}
#: A command that is given again after all was written may say so in one more row.
REPEATED = {"PlanRun", "Act"}
COUNTS_OF_A_RUN = {"demanded"}

Book = dict[str, dict[str, int]]


class Reader:
    """Reads the tables of people and case book over Django's default connection."""

    def __init__(self) -> None:
        found = [
            model
            for app in ("people", "casebook")
            for model in apps.get_app_config(app).get_models()
        ]
        self.models = {model.__name__: model for model in found}
        self._labels: dict[str, dict[int, str]] = {}

    def book(self, home: Path) -> Book:
        """Table → row → how often; and the files that were kept."""
        tables = {name: self._table(model) for name, model in self.models.items()}
        files = Counter(path.name.split("-", 1)[-1] for path in (home / "placements").iterdir())
        return tables | {"Job": self._jobs, "kept file": dict(files)}

    def _table(self, model: type[models.Model]) -> dict[str, int]:
        fields = [field for field in model._meta.concrete_fields if not self._left_out(field)]
        names = [field.name for field in fields]
        rows = Counter(
            json.dumps(
                dict(zip(names, map(self._value, fields, row), strict=True)), ensure_ascii=False
            )
            for row in model._default_manager.values_list(*(field.attname for field in fields))
        )
        return dict.fromkeys(rows, 1) if model.__name__ in REPEATED else dict(rows)

    def _left_out(self, field: models.Field) -> bool:
        own_key = field.primary_key and not field.is_relation
        moment = isinstance(field, models.DateTimeField) and not field.null
        sealed = isinstance(field, models.BinaryField) and "sealed" in field.name
        return own_key or moment or sealed or field.name in LEFT_OUT

    def _value(self, field: models.Field, value: Any) -> Any:
        if value is None:
            return None
        if isinstance(field, models.DateTimeField):
            return "set"  # whether, not when
        if isinstance(value, bytes | memoryview):
            return bytes(value).hex()
        if isinstance(value, dt.date):
            return value.isoformat()
        if field.is_relation:
            return self._label(field.related_model.__name__, value)
        if field.attname in NUMBERS:
            return self._label(NUMBERS[field.attname], value) if value else value
        if isinstance(field, models.JSONField):
            return self._json(field, value)
        return value

    def _json(self, field: models.Field, value: Any) -> Any:
        if field.model.__name__ == "PlanRun" and field.name == "counts":
            return {key: value.get(key) for key in COUNTS_OF_A_RUN}
        if isinstance(value, dict):
            return {key: value[key] for key in sorted(value) if key not in IN_JSON}
        return value

    def _label(self, name: str, key: int) -> str:
        if name not in self._labels:
            model = self.models[name]
            fields = [model._meta.get_field(part) for part in NATURAL[name]]
            rows = model._default_manager.values_list("pk", *(field.attname for field in fields))
            self._labels[name] = {
                pk: "/".join(
                    str(self._value(field, value))
                    for field, value in zip(fields, values, strict=True)
                )
                for pk, *values in rows
            }
        return self._labels[name].get(key, f"no {name} {key}")

    @cached_property
    def _jobs(self) -> dict[str, int]:
        """Background jobs that are not done.

        Without those that come by the clock: how many of them wait depends on the minute.
        """
        # Jobs register where they are imported; a test that did not happen to import them knows none.
        queue.perform_import_paths()
        by_the_clock = [name for name, _ in queue.periodic_registry.periodic_tasks]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT task_name, status::text, count(*) FROM procrastinate_jobs WHERE task_name <> ALL(%s) GROUP BY 1, 2",
                [by_the_clock],
            )
            return {f"{name} {status}": count for name, status, count in cursor.fetchall()}


#: Never true, whatever was killed: each is a part without its whole, or a whole without a part. FROM what.
HALVES = {
    "a case without items": "casebook_case c WHERE NOT EXISTS (SELECT 1 FROM casebook_item i WHERE i.case_id = c.id)",
    "an item without charges": "casebook_item i"
    " WHERE NOT EXISTS (SELECT 1 FROM casebook_charge g WHERE g.item_id = i.id)",
    "a person without a case": "casebook_person p"
    " WHERE NOT EXISTS (SELECT 1 FROM casebook_case c WHERE c.person_id = p.id)",
    "an account without items": "casebook_account a"
    " WHERE NOT EXISTS (SELECT 1 FROM casebook_item i WHERE i.account_id = a.id)",
    "a case without its facts": "casebook_case c"
    " WHERE NOT EXISTS (SELECT 1 FROM casebook_casesummary s WHERE s.case_id = c.id)",
    "an item without its facts": "casebook_item i"
    " WHERE NOT EXISTS (SELECT 1 FROM casebook_itemsummary s WHERE s.item_id = i.id)",
    "a case of a batch that is not accepted": "casebook_case c"
    " JOIN casebook_placement p ON p.id = c.placement_id WHERE p.status <> 'accepted'",
    "a batch without its clocks": "casebook_placement p WHERE 2 <>"
    " (SELECT count(*) FROM casebook_clock k WHERE k.placement_id = p.id AND k.kind IN ('import', 'import_exception'))",
    "a task without its run": "casebook_task t"
    " WHERE NOT EXISTS (SELECT 1 FROM casebook_planrun r WHERE r.id = t.run_id)",
    "a run without counts": "casebook_planrun WHERE counts = '{}'",
    "an assignment of a mere proposal": "casebook_assignment a"
    " JOIN casebook_allocationrun r ON r.id = a.run_id WHERE r.status <> 'confirmed'",
}


def halves() -> dict[str, int]:
    """What is half done in the book, and how often."""
    with connection.cursor() as cursor:
        found = {}
        for name, sql in HALVES.items():
            cursor.execute(f"SELECT count(*) FROM {sql}")
            found[name] = cursor.fetchone()[0]
    return {name: count for name, count in found.items() if count}


def differences(one: Book, other: Book, limit: int = 3) -> list[str]:
    """Rows that only one of the two books has, a few of each table."""
    lines = []
    for table in one.keys() | other.keys():
        left, right = Counter(one.get(table, {})), Counter(other.get(table, {}))
        for name, rest in (("missing", left - right), ("too many", right - left)):
            if rest:
                lines.append(f"{table}: {rest.total()} {name}, such as")
                lines += [f"    {row}" for row in list(rest)[:limit]]
    return lines
