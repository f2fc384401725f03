"""Reads a mapping file and says everything that is wrong with it at once, as file:line:column."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from huikuan.intake.mapping_form import (
    FIELDS,
    ChargeSource,
    CreditorEntry,
    DisputeSource,
    Mapping,
    MonthsLate,
    PackLine,
    PaymentSource,
    PointSource,
    Source,
)
from huikuan.intake.sentences import problem
from huikuan.lib import yamlfile as y
from huikuan.lib.days import FORMATS
from huikuan.lib.money import EXPONENTS
from huikuan.lib.problems import Problem, did_you_mean

REQUIRED = ("name", "creditor", "currency", "debtor", "packs", "fields", "charges")
OPTIONAL = (
    "label",
    "account_kind",
    "file",
    "months_late",
    "payments",
    "disputes",
    "points",
    "details",
    "ignore",
)
ACCOUNT_KINDS = ("card", "loan", "customer", "fee", "other")
DEBTORS = ("person", "company")
CREDITOR_KINDS = ("bank", "consumer_finance", "micro_loan", "supplier", "property", "other")
CHARGES = ("principal", "interest", "penalty", "fee", "cost")
POINTS = ("mobile", "phone", "email", "address")
WHOSE = ("debtor", "guarantor", "co_debtor", "relative", "colleague", "friend", "other")
PLACES = ("own", "home", "work", "register")
SOURCES = ("contract", "reserved", "talk", "public", "authorised", "unknown")
#: What the words of a code dictionary may be turned into.
MEANINGS: dict[str, tuple[str, ...]] = {
    "bool": ("true", "false"),
    "sex": ("m", "f"),
    "whose": WHOSE,
}

Problems = list[Problem]


def read(path: Path) -> tuple[Mapping | None, Problems]:
    """The mapping, or None where it cannot be used, and everything that is wrong with the file."""
    root, problems = y.load(path, str(path))
    if root is None:
        return None, problems
    y.check_keys(root, REQUIRED, OPTIONAL, problems)
    top = y.as_mapping(root, problems)
    if top is None:
        return None, problems
    mapping = _Reader(path, problems).mapping(top)
    return (None if any(p.severity == "error" for p in problems) else mapping), problems


class _Reader:
    def __init__(self, path: Path, problems: Problems) -> None:
        self.path, self.problems = path, problems

    def mapping(self, top: y.Mapping) -> Mapping:
        fields = self._fields(top.get("fields"))
        months = self._months_late(top.get("months_late"))
        named = top.get("fields")
        if isinstance(named, y.Mapping) and ("item.due_on" in named) == ("months_late" in top):
            self._say(top.key_place("fields"), "mapping.due")
        file = y.as_mapping(top.get("file"), self.problems)
        if file is not None:
            y.check_keys(file, (), ("header", "sheet"), self.problems)
        mapping = Mapping(
            name=self._name(top),
            file=str(self.path),
            label=self._label(top.get("label")),
            creditor=self._creditor(top.get("creditor")),
            currency=self._currency(top.get("currency")),
            debtor=y.as_choice(top.get("debtor"), DEBTORS, self.problems) or "person",
            account_kind=self._choice(top, "account_kind", ACCOUNT_KINDS, "other"),
            packs=self._packs(top.get("packs")),
            header_row=(
                file and y.as_int(file.get("header"), self.problems, minimum=1, maximum=1000)
            )
            or 1,
            sheet=y.as_text(file.get("sheet"), self.problems) if file else None,
            fields=fields,
            months_late=months,
            charges=tuple(self._each(top.get("charges"), self._charge)),
            payments=tuple(self._each(top.get("payments"), self._payment)),
            disputes=tuple(self._each(top.get("disputes"), self._dispute)),
            points=tuple(self._each(top.get("points"), self._point)),
            details=tuple(
                self._each(
                    top.get("details"), lambda node: self._source(node, "text", optional=True)
                )
            ),
            ignore=tuple(
                self._each(top.get("ignore"), lambda node: y.as_text(node, self.problems))
            ),
        )
        used = mapping.columns()
        ignored = y.as_sequence(top.get("ignore"), [])
        for node in ignored or ():
            if isinstance(node, y.Scalar) and node.text in used:
                self._say(node, "mapping.column_twice", column=node.text)
        return mapping

    def _say(self, node: y.Node, code: str, **params: object) -> None:
        self.problems.append(
            problem(code, params, file=node.file, line=node.line, column=node.column)
        )

    def _each(self, node: y.Node | None, one: Callable[[y.Node], Any]) -> list[Any]:
        sequence = y.as_sequence(node, self.problems)
        return [found for item in sequence or () if (found := one(item)) is not None]

    def _choice(self, node: y.Mapping, key: str, options: Iterable[str], default: str) -> str:
        return y.as_choice(node.get(key), options, self.problems) or default

    def _name(self, top: y.Mapping) -> str:
        name = y.as_text(top.get("name"), self.problems) or ""
        expected = self.path.parent.name if self.path.stem == "mapping" else self.path.stem
        if name and name != expected:
            self._say(top["name"], "mapping.name", name=name, expected=self.path.name)
        return name

    def _label(self, node: y.Node | None) -> dict[str, str]:
        mapping = y.as_mapping(node, self.problems)
        if mapping is None:
            return {}
        y.check_keys(mapping, ("zh", "en"), (), self.problems)
        return {key: y.as_text(value, self.problems) or "" for key, value in mapping.items()}

    def _creditor(self, node: y.Node | None) -> CreditorEntry:
        y.check_keys(node, ("code", "name", "kind"), ("region",), self.problems) if node else None
        if not isinstance(node, y.Mapping):
            return CreditorEntry("", "", "other")
        return CreditorEntry(
            code=y.as_text(node.get("code"), self.problems) or "",
            name=y.as_text(node.get("name"), self.problems) or "",
            kind=self._choice(node, "kind", CREDITOR_KINDS, "other"),
            region=y.as_text(node.get("region"), self.problems) or "",
        )

    def _currency(self, node: y.Node | None) -> str:
        code = y.as_text(node, self.problems) or ""
        if node is not None and code and code not in EXPONENTS:
            self._say(node, "mapping.currency", value=code, known=", ".join(EXPONENTS))
        return code

    def _packs(self, node: y.Node | None) -> tuple[PackLine, ...]:
        def one(item: y.Node) -> PackLine | None:
            y.check_keys(item, ("pack", "from"), (), self.problems)
            if not isinstance(item, y.Mapping):
                return None
            pack, start = (
                y.as_text(item.get("pack"), self.problems),
                y.as_date(item.get("from"), self.problems),
            )
            return PackLine(pack, start, item["pack"]) if pack and start else None

        return tuple(self._each(node, one))

    def _fields(self, node: y.Node | None) -> dict[str, Source]:
        mapping = y.as_mapping(node, self.problems)
        if mapping is None:
            return {}
        y.check_keys(mapping, ("product", "account.number", "item.number"), FIELDS, self.problems)
        if not {"person.number", "person.id", "person.credit_code"} & set(mapping):
            self._say(mapping, "mapping.identity")
        fields = {}
        for key, value in mapping.items():
            if key in FIELDS and (source := self._source(value, FIELDS[key])):
                fields[key] = source
        return fields

    def _source(
        self, node: y.Node | None, kind: str, *, optional: bool = False, more: tuple[str, ...] = ()
    ) -> Source | None:
        """A column name, or keys: column | value, form (dates), codes, default, optional, absent."""
        if node is None:
            return None
        if isinstance(node, y.Scalar):
            column = y.as_text(node, self.problems)
            return Source(node, column=column, optional=optional) if column else None
        keys = ("column", "value", "form", "codes", "default", "optional", "absent")
        if not isinstance(node, y.Mapping):
            self.problems.append(node.problem("yaml.want_mapping"))
            return None
        y.check_keys(node, (), (*keys, *more), self.problems)
        if ("column" in node) == ("value" in node):
            self._say(node, "mapping.column_or_value")
            return None
        form = y.as_choice(node.get("form"), FORMATS, self.problems) or "auto"
        if "form" in node and kind != "date":
            self._say(node.key_place("form"), "mapping.form_unused")
        given = y.as_bool(node.get("optional"), self.problems)
        return Source(
            node,
            column=y.as_text(node.get("column"), self.problems),
            value=self._constant(node.get("value"), kind),
            form=form,
            codes=self._codes(node.get("codes"), kind),
            default=self._constant(node.get("default"), kind),
            optional=optional if given is None else given,
            absent=y.as_bool(node.get("absent"), self.problems) or False,
        )

    def _constant(self, node: y.Node | None, kind: str) -> str | None:
        if node is not None and kind in MEANINGS:
            return y.as_choice(node, MEANINGS[kind], self.problems)
        return y.as_text(node, self.problems, empty=True)

    def _codes(self, node: y.Node | None, kind: str) -> dict[str, str]:
        mapping = y.as_mapping(node, self.problems)
        codes = {}
        for theirs, value in mapping.items() if mapping else ():
            if kind in MEANINGS:
                ours = y.as_choice(value, MEANINGS[kind], self.problems)
            elif kind == "count":
                number = y.as_int(value, self.problems)
                ours = None if number is None else str(number)
            else:
                ours = y.as_text(value, self.problems, empty=True)
            if ours is not None:
                codes[theirs] = ours
        return codes

    def _months_late(self, node: y.Node | None) -> MonthsLate | None:
        if node is None:
            return None
        months = self._source(node, "count", more=("statement_on", "otherwise_on"))
        if not isinstance(node, y.Mapping) or months is None:
            return None
        statement = y.as_date(node.get("statement_on"), self.problems)
        otherwise = y.as_date(node.get("otherwise_on"), self.problems)
        self._required(node, "statement_on", "otherwise_on")
        return MonthsLate(months, statement, otherwise) if statement and otherwise else None

    def _required(self, node: y.Mapping, *keys: str) -> None:
        self.problems.extend(
            node.problem("yaml.missing_key", key=key) for key in keys if key not in node
        )

    def _charge(self, node: y.Node) -> ChargeSource | None:
        y.check_keys(node, ("kind", "amount", "basis"), (), self.problems)
        if not isinstance(node, y.Mapping):
            return None
        amount = self._source(node.get("amount"), "money")
        kind = y.as_choice(node.get("kind"), CHARGES, self.problems)
        basis = y.as_text(node.get("basis"), self.problems)
        return ChargeSource(kind, amount, basis) if kind and amount and basis else None

    def _payment(self, node: y.Node) -> PaymentSource | None:
        y.check_keys(node, ("on",), ("amount", "source"), self.problems)
        if not isinstance(node, y.Mapping):
            return None
        day = self._source(node.get("on"), "date", optional=True)
        amount = self._source(node.get("amount"), "money", optional=True)
        return (
            PaymentSource(day, amount, y.as_text(node.get("source"), self.problems) or "creditor")
            if day
            else None
        )

    def _dispute(self, node: y.Node) -> DisputeSource | None:
        y.check_keys(node, ("when", "from"), ("until", "reason"), self.problems)
        if not isinstance(node, y.Mapping):
            return None
        when = self._source(node.get("when"), "bool")
        start = self._source(node.get("from"), "date")
        end = self._source(node.get("until"), "date", optional=True)
        reason = y.as_text(node.get("reason"), self.problems) or ""
        return DisputeSource(when, start, end, reason) if when and start else None

    def _point(self, node: y.Node) -> PointSource | None:
        y.check_keys(
            node,
            ("value", "kind", "source"),
            ("whose", "place", "holder", "relation"),
            self.problems,
        )
        if not isinstance(node, y.Mapping):
            return None
        value = self._source(node.get("value"), "point", optional=True)
        kind = y.as_choice(node.get("kind"), POINTS, self.problems)
        whose = node.get("whose")
        if isinstance(whose, y.Scalar):
            y.as_choice(whose, WHOSE, self.problems)
            owner = Source(whose, value=whose.text)
        else:
            owner = self._source(whose, "whose") or Source(node, value="debtor")
        if not value or not kind:
            return None
        return PointSource(
            value=value,
            kind=kind,
            whose=owner,
            place=self._choice(node, "place", PLACES, "own"),
            source=self._choice(node, "source", SOURCES, "unknown"),
            holder=self._source(node.get("holder"), "name", optional=True),
            relation=self._source(node.get("relation"), "text", optional=True),
        )


def missing_columns(mapping: Mapping, header: list[str], file: str) -> Problems:
    """The columns that the mapping needs and the header lacks, and (as warnings) those that nobody reads."""
    problems: Problems = []
    used = mapping.columns()
    free = [name for name in header if name not in used]
    for column, source in used.items():
        if column in header or source.absent:
            continue
        place = f"{Path(source.place.file).name}:{source.place.line}"
        near = did_you_mean(column, free)
        code = "file.column_missing_near" if near else "file.column_missing"
        params = {"column": column, "place": place} | ({"suggestion": near} if near else {})
        problems.append(problem(code, params, file=file, row=mapping.header_row, column=column))
    for name in free:
        if name not in mapping.ignore:
            problems.append(
                problem(
                    "file.column_unused",
                    {"column": name},
                    file=file,
                    row=mapping.header_row,
                    column=name,
                )
            )
    return problems
