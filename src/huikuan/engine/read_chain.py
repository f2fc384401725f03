"""Reads a chain of approval (engine/chain.py) and says everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from huikuan.engine import chain, words
from huikuan.engine.chain import NEXT, REFUSED, UNITS, Chain, Limit, Station, Wait
from huikuan.engine.vocabulary import Vocabulary
from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem
from huikuan.lib.problems import gettext_noop as _

_CHAIN_KEYS = ("amount", "answer_within", "otherwise")
_STATION_KEYS = ("role", "right", "up_to", "stand_in")
_MOST = 10_000


@dataclass(frozen=True)
class Known:
    """What a chain may name. None: whatever is written is taken.

    roles: codes of the roles that exist. deciding: those of them that may change or decide anything
    at all; contacting: those that may reach a debtor besides, and record it.
    rights: words of people/rights.py. amounts: facts in money of what the step is about; none where
    what is asked for has an amount of its own, or where it has none at all (`has_amount` False).
    """

    roles: Collection[str] | None = None
    deciding: Collection[str] | None = None
    contacting: Collection[str] | None = None
    rights: Collection[str] | None = None
    amounts: Collection[str] = ()
    has_amount: bool = True


def read_chain(node: yamlfile.Node | None, known: Known, problems: list[Problem]) -> Chain | None:
    """A chain, from the code of one role or written out; None, with problems, where it is wrong."""
    if node is None:
        return None

    before = len(problems)
    reader = _Reader(known, problems)
    if isinstance(node, yamlfile.Mapping):
        found = reader.chain(node)
    else:
        found = Chain((Station(reader.role(node)),))

    if len(problems) > before:
        return None
    return found


@dataclass
class _Reader:
    known: Known
    problems: list[Problem]

    def report(
        self, node: yamlfile.Node, code: str, message: str, remedy: str, /, **params: object
    ) -> None:
        problem = Problem(f"approval.{code}", message, remedy, params, node.file)
        self.problems.append(problem.at(line=node.line, column=node.column))

    def chain(self, written: yamlfile.Mapping) -> Chain:
        """The chain as far as it can be read; what is wrong is among the problems."""
        none = Chain(())
        node = yamlfile.known_part(written, ("by",), _CHAIN_KEYS, self.problems)
        if node is None:
            return none
        listed = yamlfile.as_sequence(node.get("by"), self.problems)
        if listed is None:
            return none

        entries = list(listed)
        stations = [self.station(entry) for entry in entries]
        if not stations:
            message = _("the chain has nobody who answers")
            self.report(node, "empty", message, _("name a role under by"))
        self.check_order(entries, stations)
        amount = self.amount(node, stations)
        wait = self.wait(node.get("answer_within"))
        return Chain(tuple(stations), amount, wait, self.otherwise(node, stations))

    def station(self, entry: yamlfile.Node) -> Station:
        """One place of the chain: the code of a role, or a mapping."""
        if not isinstance(entry, yamlfile.Mapping):
            return Station(self.role(entry))
        node = yamlfile.known_part(entry, (), _STATION_KEYS, self.problems)
        if node is None:
            return Station()

        if ("role" in node) == ("right" in node):
            message = _("a station names a role or a right, one of the two")
            self.report(entry, "who", message, _("write role: or right:"))
        stand_in = self.role(node.get("stand_in"))
        role = self.role(node.get("role"))
        if stand_in and stand_in == role:
            message = _("{role} cannot stand in for itself")
            remedy = _("name another role, or leave stand_in out")
            self.report(node["stand_in"], "stand_in", message, remedy, role=role)
        return Station(
            role, self.right(node.get("right")), self.limits(node.get("up_to")), stand_in
        )

    def role(self, node: yamlfile.Node | None) -> str:
        """The code of a role that may decide; empty, with a problem, for any other word."""
        if self.known.roles is None:
            return yamlfile.as_text(node, self.problems) or ""

        role = yamlfile.as_choice(node, tuple(self.known.roles), self.problems) or ""
        deciding = self.known.deciding
        if node is not None and role and deciding is not None and role not in deciding:
            message = _("{role} only looks, so it can decide nothing")
            remedy = _("name a role with the right 'write'")
            self.report(node, "looks", message, remedy, role=role)
        return role

    def right(self, node: yamlfile.Node | None) -> str:
        """A word of the list of rights."""
        if self.known.rights is None:
            return yamlfile.as_text(node, self.problems) or ""
        return yamlfile.as_choice(node, tuple(self.known.rights), self.problems) or ""

    def limits(self, node: yamlfile.Node | None) -> tuple[Limit, ...]:
        """One amount, or a list of one for each currency."""
        if node is None:
            return ()
        entries = [node]
        if isinstance(node, yamlfile.Sequence):
            entries = list(node)

        found = []
        for entry in entries:
            text = yamlfile.as_text(entry, self.problems)
            limit = chain.read_limit(text or "")
            if limit is not None:
                found.append(limit)
            elif text is not None:
                message = _("'{value}' is no amount with its currency")
                self.report(entry, "amount", message, _("write it like 5000 CNY"), value=text)
        return tuple(found)

    def check_order(self, entries: list[yamlfile.Node], stations: list[Station]) -> None:
        """Whether every request comes to an end in this chain, and every station can be reached."""
        seen: set[str] = set()
        reached: dict[str, int] = {}
        for entry, station in zip(entries, stations, strict=True):
            who = station.role or station.right
            if who and who in seen:
                message = _("{who} stands in the chain twice; nobody answers twice")
                self.report(entry, "twice", message, _("take one of the two out"), who=who)
            seen.add(who)
            for limit in station.up_to:
                before = reached.get(limit.currency)
                if before is not None and limit.minor <= before:
                    message = _("{who} may decide no more than somebody before")
                    remedy = _("put the amounts in rising order")
                    self.report(entry, "rising", message, remedy, who=who)
                reached[limit.currency] = max(limit.minor, before or limit.minor)

        for entry, station in zip(entries, stations, strict=True):
            if station.stand_in and station.stand_in in seen - {station.role}:
                message = _("{role} has a station in this chain, and nobody answers twice")
                remedy = _("name another role as stand_in")
                self.report(entry, "stand_in_station", message, remedy, role=station.stand_in)

        if stations and stations[-1].up_to:
            message = _("above the amount of the last station nobody decides: the chain never ends")
            remedy = _("leave the amount of the last station out, or add a station without one")
            self.report(entries[-1], "never_ends", message, remedy)

    def amount(self, node: yamlfile.Mapping, stations: list[Station]) -> str:
        """The fact that the amounts are compared with, where the step is asked for."""
        uses_amounts = any(station.up_to for station in stations)
        written = node.get("amount")
        if uses_amounts and not self.known.has_amount:
            message = _("what is asked for has no amount to compare with")
            self.report(node, "no_amount", message, _("leave up_to out"))
        if not self.known.amounts:
            if written is not None:
                message = _("what is asked for has its own amount")
                self.report(written, "own_amount", message, _("leave amount out"))
            return ""

        if uses_amounts and written is None:
            message = _("it is not said which amount up_to is compared with")
            remedy = _("add amount: with a fact in money, such as balance")
            self.report(node, "which_amount", message, remedy)
        if written is not None and not uses_amounts:
            message = _("no station has an amount to compare this one with")
            self.report(written, "idle_amount", message, _("add up_to, or leave amount out"))
        return yamlfile.as_choice(written, tuple(self.known.amounts), self.problems) or ""

    def wait(self, node: yamlfile.Node | None) -> Wait | None:
        """`{days: 2}`, `{working_days: 2}` or `{hours: 4}`."""
        mapping = yamlfile.known_part(node, (), UNITS, self.problems)
        if node is None or mapping is None:
            return None
        units = list(mapping)
        if len(units) != 1:
            message = _("a time to answer is one number of one unit")
            self.report(node, "wait", message, _("write it like {{days: 2}}"))
            return None

        count = yamlfile.as_int(mapping[units[0]], self.problems, minimum=1, maximum=_MOST)
        return Wait(count or 1, units[0])

    def otherwise(self, node: yamlfile.Mapping, stations: list[Station]) -> str:
        """What happens when nobody answers in time."""
        written = node.get("otherwise")
        timed = "answer_within" in node
        if timed != (written is not None):
            message = _("answer_within and otherwise belong together")
            remedy = _("say both: by when, and who decides then (or next, or refused)")
            self.report(node, "otherwise", message, remedy)
        if written is None:
            return ""
        if str(written) == REFUSED:
            return REFUSED
        if str(written) == NEXT:
            self.check_next(written, stations)
            return NEXT

        role = self.role(written)
        if any(role and role == station.role for station in stations):
            message = _("{role} is in the chain already, and did not answer")
            remedy = _("name another role, or next, or refused")
            self.report(written, "otherwise_again", message, remedy, role=role)
        return role

    def check_next(self, written: yamlfile.Node, stations: list[Station]) -> None:
        """Whether there is a station to go on to."""
        if len(stations) == 1:
            message = _("after the only station of the chain there is no next one")
            self.report(written, "no_next", message, _("name a role, or refused"))


def read_chains(
    node: yamlfile.Node | None, kinds: dict[str, Known], problems: list[Problem]
) -> dict[str, Chain]:
    """Kind of request → its chain, from the part `approvals` of a playbook or of the shipped file.

    A kind may be narrowed by a word after a dot: `correction.waiver` goes before `correction`.
    """
    mapping = yamlfile.known_part(node, (), tuple(kinds), problems)
    if mapping is None:
        return {}
    found = {kind: read_chain(entry, kinds[kind], problems) for kind, entry in mapping.items()}
    return {kind: one for kind, one in found.items() if one is not None}


def of_step(who: Known, per: str, vocabulary: Vocabulary) -> Known:
    """What the chain of a step about this subject may name: amounts of it and of its ancestors."""
    facts = [fact for subject in vocabulary.subjects.lineage(per) for fact in subject.facts()]
    amounts = [fact.name for fact in facts if fact.type == "money" and fact.is_stored]
    return replace(who, amounts=tuple(amounts))


def kinds_of_requests(who: Known) -> dict[str, Known]:
    """Every word that the part `approvals` may use, with what its chain may name."""
    found = {}
    for kind, has_amount in words.APPROVALS.items():
        known = replace(who, amounts=(), has_amount=has_amount)
        for word in (kind, *(f"{kind}.{sort}" for sort in words.SORTS.get(kind, ()))):
            found[word] = known
    return found
