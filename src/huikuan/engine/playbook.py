"""A playbook: the procedure as data. Reads pack.yaml and playbook.yaml; everything wrong is reported at once.

A step says when it is demanded (`when`), of a case or of each item (`per`), on which days it occurs (`cadence`), what
is to be done to whom by whom until when. Occurrences are counted from a date among the facts, never from earlier tasks.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from huikuan.engine import (
    alternatives,
    cadence,
    clock_file,
    history,
    not_before,
    recorded,
    requirements,
    scripts,
    since,
    times_file,
    track,
    words,
)
from huikuan.engine.beside import (
    check_beside,
    outcome_words,
    unused_names,
    unused_scripts,
    without_words,
)
from huikuan.engine.bounds import MOST_DAYS
from huikuan.engine.cadence import Cadence, Delay, Segment
from huikuan.engine.chain import Chain
from huikuan.engine.charge import Charge, check_consumer, check_step, read_charge
from huikuan.engine.clock import Clock
from huikuan.engine.conditions import Parser
from huikuan.engine.fact import OUTCOMES, Subject
from huikuan.engine.former import with_former_terms
from huikuan.engine.guards import guards_of, read_guards
from huikuan.engine.lists import WordList, read_lists
from huikuan.engine.nodes import Node
from huikuan.engine.pack import Pack, read_pack
from huikuan.engine.read_chain import Known, kinds_of_requests, of_step, read_chain, read_chains
from huikuan.engine.terms import read_terms
from huikuan.engine.texts import Text, both_languages, one_or_both, position
from huikuan.engine.times import NONE as NO_PREFERENCE
from huikuan.engine.times import Preference, Times
from huikuan.engine.track import Track, read_track
from huikuan.engine.vocabulary import Vocabulary
from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem, did_you_mean
from huikuan.lib.problems import gettext_noop as _


@dataclass(frozen=True)
class Step:
    id: str
    title: Text
    source: Text
    per: str
    #: All that must hold; `demand`: the same, however it can be done; `own`: what the pack wrote.
    when: Node
    demand: Node
    own: Node
    when_text: str
    cadence: Cadence
    cadence_text: str
    #: A day before which it is not due, besides those that the engine sees itself.
    not_before: Node | None
    #: From an occurrence to the day on which it is due, and to the last day of the task.
    due: Delay
    deadline: Delay | None
    action: str
    addressee: str
    role: str
    dunning: bool
    priority: int
    #: Of a step that asks for no payment: one of `words.QUIET_PURPOSES`.
    purpose: str = words.QUIET_PURPOSES[0]
    #: The open tasks of one case are one act: asked for, granted and done at once.
    together: bool = False
    #: Who must agree first, in order; None: nobody.
    chain: Chain | None = None
    #: What it posts when it is done.
    charge: Charge | None = None
    script: str = ""
    #: Doing the step records this event of its subject.
    records: str = ""
    #: Whoever recorded this event of the subject may not do the step: maker is never checker.
    checks: str = ""
    law: Text = field(default_factory=dict)
    line: int = 0
    #: When it is better done, and when worse; that orders a day and forbids nothing.
    preference: Preference = NO_PREFERENCE
    #: Ids of packs/requirements.tsv.
    serves: tuple[str, ...] = ()

    @property
    def approval(self) -> str:
        """Who must agree first, in the words of the pack; empty where nobody must."""
        return self.chain.text if self.chain else ""

    @property
    def contacts(self) -> bool:
        """It reaches somebody outside, so it passes the gate."""
        return self.action in words.CONTACT_ACTIONS

    @property
    def needs_calendar(self) -> bool:
        """It counts working days, or rolls days off."""
        if self.due.needs_calendar or (self.deadline and self.deadline.needs_calendar):
            return True
        return self.cadence.needs_calendar


@dataclass(frozen=True)
class Playbook:
    """A procedure as it runs.

    vocabulary: the facts, and the pack's own terms. requires: facts of a case without which steps
    stay silent; the plan counts the cases that lack one. queues: what makes a case belong to a
    queue of the work list. promise_amounts: the amounts that a form suggests for a promise, beside
    all that is owed. approvals: kind of request → who decides it for cases of this procedure,
    where that is otherwise than everywhere.
    """

    pack: Pack
    parameters: Mapping[str, Decimal]
    steps: tuple[Step, ...]
    vocabulary: Vocabulary
    requires: tuple[str, ...] = ()
    queues: Mapping[str, Node] = field(default_factory=dict)
    track: Track = field(default_factory=Track)
    clocks: tuple[Clock, ...] = ()
    approvals: Mapping[str, Chain] = field(default_factory=dict)
    lists: Mapping[str, WordList] = field(default_factory=dict, kw_only=True)
    promise_amounts: tuple[str, ...] = ()
    times: Times = field(default_factory=Times)

    @property
    def needs_calendar(self) -> bool:
        return any(step.needs_calendar for step in self.steps)

    @property
    def of_cases(self) -> Playbook:
        """The same with the steps about cases and what lies in them: those of the day's plan."""
        return replace(self, steps=tuple(step for step in self.steps if self._is_of_case(step)))

    @property
    def apart(self) -> Playbook:
        """The same with the steps about what belongs to no case: planned by house."""
        return replace(self, steps=tuple(step for step in self.steps if not self._is_of_case(step)))

    def _is_of_case(self, step: Step) -> bool:
        lineage = self.vocabulary.subjects.lineage(step.per)
        return any(subject.name == "case" for subject in lineage)

    def step(self, code: str) -> Step:
        return next(step for step in self.steps if step.id == code)

    def days(self, parameter: str) -> int | None:
        """A parameter that is a whole number, such as days; None where the pack has none."""
        value = self.parameters.get(parameter)
        return None if value is None else int(value)


def read_playbook(
    files: Mapping[str, str],
    vocabulary: Vocabulary,
    *,
    roles: Collection[str] | None = None,
    who: Known = Known(),  # noqa: B008 - it cannot change
    stored: bool = False,
) -> tuple[Playbook | None, list[Problem]]:
    """A playbook from its files (name → text). None, with every problem, when anything is wrong.

    `roles`: codes of the roles that exist, from whoever checks a pack. None: any code is taken.
    `who`: which of them may decide, and which rights there are.
    A `stored` version was checked when it was loaded: what stands beside the steps (scripts, outcomes) and whether its
    roles still exist is not asked again, so that a check that becomes stricter never makes a running pack unreadable.
    """
    problems: list[Problem] = []
    pack = read_pack(files, problems)
    root, found = yamlfile.load(files.get("playbook.yaml", ""), "playbook.yaml")
    problems += found
    node = yamlfile.known_part(root, ("steps",), _BESIDE_STEPS, problems)
    if node is None:
        problems += [] if stored else check_beside(files, None)
        return None, problems

    parameters = _parameters(node.get("parameters"), problems)
    vocabulary = vocabulary.with_unread(_names(node.get("parameters")) - parameters.keys())
    text = files["playbook.yaml"]
    vocabulary = alternatives.named_ahead(vocabulary, pack.name if pack else "", node)
    if stored:
        vocabulary = vocabulary.with_any_words()
        vocabulary = with_former_terms(vocabulary, _names(node.get("terms")))
    else:
        vocabulary = vocabulary.with_words(OUTCOMES, outcome_words(files))
    problems += [] if stored else check_beside(files, vocabulary.steps)
    words = read_terms(node.get("terms"), vocabulary, parameters, text, problems)
    who = replace(who, roles=roles)
    reader = _Reader(words, problems, parameters, files, stored, who)
    reader.guards = read_guards(node.get("guards"), words, problems)
    of_cases = words.seen_from("case")
    reader.times = times_file.read_times(node.get(times_file.KEY), reader._figure, problems)
    reader.track = read_track(node, lambda part: reader.condition(part, of_cases), problems)
    listed = yamlfile.as_sequence(node.get("steps"), problems)
    steps = [step for entry in (listed or ()) for step in reader.steps(entry)]
    requires = _requires(node.get("requires"), words, problems)
    queues = reader.queues(node.get("queues"))
    amounts = _promise_amounts(node.get("promise_amounts"), words, problems)
    clocks = clock_file.read_clocks(files, reader._figure, problems, roles=roles)
    word_lists = read_lists(files, reader._figure, problems)
    approvals = read_chains(node.get("approvals"), kinds_of_requests(who), problems)
    problems = _each_once(problems)
    if not stored and not any(p.severity == "error" for p in problems):
        problems += unused_scripts(files, {step.script for step in steps})
        problems += without_words(steps)
        problems += unused_names(files, node)
    if pack is None or any(p.severity == "error" for p in problems):
        return None, problems
    book = Playbook(
        pack,
        parameters,
        tuple(steps),
        words,
        requires,
        queues,
        reader.track,
        clocks,
        approvals,
        amounts,
        reader.times,
        lists=word_lists,
    )
    return book, problems


def _names(node: yamlfile.Node | None) -> frozenset[str]:
    """The names under a key."""
    return frozenset(node) if isinstance(node, yamlfile.Mapping) else frozenset()


def _each_once(problems: list[Problem]) -> list[Problem]:
    """A mistake in a guard is one mistake, however many steps the guard holds for."""
    return list({str(problem): problem for problem in problems}.values())


def _requires(
    node: yamlfile.Node | None, vocabulary: Vocabulary, problems: list[Problem]
) -> tuple[str, ...]:
    """The facts that every case of the pack should have."""
    known = [fact.name for fact in vocabulary.stored("case") if not fact.always]
    listed = yamlfile.as_sequence(node, problems)
    named = [yamlfile.as_choice(entry, known, problems) for entry in listed or ()]
    return tuple(name for name in named if name)


#: What a form suggests for a promise where the procedure names nothing.
USUAL_AMOUNTS = ("overdue",)


def _promise_amounts(
    node: yamlfile.Node | None, vocabulary: Vocabulary, problems: list[Problem]
) -> tuple[str, ...]:
    """The amounts of a case that are suggested for a promise: facts, or terms of the pack."""
    if node is None:
        return USUAL_AMOUNTS
    known = [fact.name for fact in vocabulary if fact.type == "money" and fact.subject == "case"]
    listed = yamlfile.as_sequence(node, problems)
    named = [yamlfile.as_choice(entry, known, problems) for entry in listed or ()]
    return tuple(name for name in named if name)


def _parameters(node: yamlfile.Node | None, problems: list[Problem]) -> dict[str, Decimal]:
    mapping = yamlfile.as_mapping(node, problems)
    read = {
        name: yamlfile.as_decimal(value, problems)
        for name, value in (mapping.items() if mapping else ())
    }
    return {name: value for name, value in read.items() if value is not None}


_BESIDE_STEPS = (
    "parameters",
    "terms",
    "guards",
    "requires",
    "queues",
    "promise_amounts",
    "approvals",
    times_file.KEY,
    *track.KEYS,
)
#: What names a step in tasks, conditions and tables.
_ID = re.compile(r"[a-z][a-z0-9_]{0,59}")
_NEVER = Node("const", "bool", value=False)
_ON = Node("fact", "date", value="on")
_REQUIRED = ("id", "title", "source", "when", "action", "addressee", "role")
_OPTIONAL = (
    "per",
    "cadence",
    not_before.KEY,
    "due",
    "deadline",
    "approval",
    "charge",
    "script",
    "records",
    "checks",
    "priority",
    "dunning",
    "purpose",
    "together",
    "law",
    *times_file.OF_STEP,
    requirements.KEY,
)


def _all_of(nodes: list[Node | None]) -> Node | None:
    """All of them at once; None where one could not be read."""
    parts = tuple(node for node in nodes if node)
    if len(parts) < len(nodes):
        return None
    return parts[0] if len(parts) == 1 else Node("and", "bool", parts)


@dataclass
class _Reader:
    vocabulary: Vocabulary
    problems: list[Problem]
    parameters: dict[str, Decimal]
    files: Mapping[str, str]
    stored: bool = False
    who: Known = field(default_factory=Known)
    guards: dict[str, yamlfile.Scalar] = field(default_factory=dict)
    track: Track = field(default_factory=Track)
    times: Times = field(default_factory=Times)
    ids: dict[str, int] = field(default_factory=dict)
    above: dict[str, Step] = field(default_factory=dict)

    def report(
        self, node: yamlfile.Node, code: str, message: str, remedy: str = "", /, **params: object
    ) -> None:
        problem = Problem(f"playbook.{code}", message, remedy, params, node.file)
        self.problems.append(problem.at(line=node.line, column=node.column))

    def condition(
        self, node: yamlfile.Node | None, readable: frozenset[str], wanted: str = "bool"
    ) -> Node | None:
        text = yamlfile.as_text(node, self.problems)
        if node is None or text is None:
            return None

        def report(column: int, message: str, params: Mapping[str, object]) -> None:
            line, at = position(self.files["playbook.yaml"], node, column)
            self.problems.append(
                Problem("condition", message, "", dict(params), node.file, line=line, column=at)
            )

        parser = Parser(self.vocabulary, readable, report, self.parameters)
        return since.read(parser, text, wanted)

    def steps(self, entry: yamlfile.Node) -> list[Step]:
        """The step, and its alternatives after it."""
        found = []
        for variant in alternatives.variants(entry, self.problems):
            step = self._step(variant)
            if step is not None:
                found.append(step)
        self.above |= {step.id: step for step in found}
        return found

    def _step(self, variant: alternatives.Variant) -> Step | None:
        before = len(self.problems)
        node = yamlfile.known_part(variant.node, _REQUIRED, _OPTIONAL, self.problems)
        if node is None:
            return None
        per = self._subject(node.get("per"))
        lineage = self.vocabulary.subjects.lineage(per)
        if node.get("cadence") is None and "case" not in [each.name for each in lineage]:
            # A step that names no days counts from the placement, which only a case has.
            self.problems.append(node.problem("yaml.missing_key", key="cadence"))

        readable = self.vocabulary.seen_from(per)
        action = yamlfile.as_choice(node.get("action"), words.ACTIONS, self.problems)
        dunning = self._dunning(node, action)
        before_own = self._before_own(per, readable, guards_of(per, dunning, self.vocabulary))
        own = self.condition(node.get("when"), readable)
        posted = read_charge(node.get("charge"), per, self.condition, self.problems)
        check_step(node, posted, per, self.problems)
        of_charge = posted.conditions() if posted else []
        occurs, of_other = self._days(node, variant, readable)
        asked = [*before_own, own, *of_other]
        if not self.stored:
            check_consumer(
                node.get("charge"), posted, _all_of(asked), self.vocabulary, self.problems
            )
        demand = _all_of([*asked, *of_charge])
        reached = self._reached(variant, readable)
        due = self._delay(node.get("due")) or Delay(0)
        deadline = self._delay(node.get("deadline"))
        if not self.stored:
            cadence.check_deadline(node.get("deadline"), due, deadline, self.problems)
        step = Step(
            id=self._id(node.get("id")),
            title=both_languages(node.get("title"), self.problems),
            source=one_or_both(node.get("source"), self.problems),
            per=per,
            when=_all_of([demand, *reached]) or _NEVER,
            demand=demand or _NEVER,
            own=own or _NEVER,
            when_text=variant.when_text(),
            cadence=occurs,
            cadence_text=cadence.cadence_text(node.get("cadence"), self.parameters),
            not_before=self.condition(node.get(not_before.KEY), readable, "date"),
            due=due,
            deadline=deadline,
            action=action or "review",
            addressee=yamlfile.as_choice(node.get("addressee"), words.ADDRESSEES, self.problems)
            or "house",
            role=self._role(node.get("role"), action),
            dunning=dunning,
            priority=self._int(node, "priority", 50),
            purpose=self._purpose(node.get("purpose"), dunning),
            together=self._together(node.get("together"), lineage, posted),
            chain=read_chain(
                node.get("approval"), of_step(self.who, per, self.vocabulary), self.problems
            ),
            charge=posted,
            script=self._script(node.get("script")),
            records=recorded.read_records(node.get("records"), action, lineage, self.problems),
            checks=recorded.read_event(node.get("checks"), lineage, self.problems),
            law=both_languages(node.get("law"), self.problems),
            line=node.line,
            preference=self._preference(node, action),
            serves=requirements.served(node.get(requirements.KEY), self.problems),
        )
        return step if len(self.problems) == before else None

    def queues(self, node: yamlfile.Node | None) -> dict[str, Node]:
        """The queues that the pack fills, each by a condition on the case."""
        mapping = yamlfile.known_part(node, (), words.QUEUES, self.problems)
        if mapping is None:
            return {}

        readable = self.vocabulary.seen_from("case")
        found = {name: self.condition(value, readable) for name, value in mapping.items()}
        return {name: condition for name, condition in found.items() if condition}

    def _preference(self, node: yamlfile.Mapping, action: str | None) -> Preference:
        """Its good and bad times: its own, else those of its kind of act."""
        usual = self.times.preference_of(action or "")
        return times_file.read_preference(node, self.times, usual, self.problems)

    def _id(self, node: yamlfile.Node | None) -> str:
        """The id of a step: tasks refer to it for ever, conditions name it."""
        name = yamlfile.as_text(node, self.problems) or ""
        if node is None:
            return name

        if name and not self.stored and not _ID.fullmatch(name):
            message = _("{id} is no id of a step")
            remedy = _("write small letters, digits and _, at most 60, such as send_letter")
            self.report(node, "id", message, remedy, id=name)
        if name in self.ids:
            message, remedy = (
                _("step {id} stands twice; it is also in line {first}"),
                _("give one of them another id"),
            )
            self.report(node, "twice", message, remedy, id=name, first=self.ids[name])
        self.ids.setdefault(name, node.line)
        return name

    def _script(self, node: yamlfile.Node | None) -> str:
        name, known = yamlfile.as_text(node, self.problems) or "", scripts.ids(self.files)
        if node is not None and name and name not in known and not self.stored:
            near = did_you_mean(name, known)
            remedy = _("did you mean {near}?") if near else _("write scripts/{name}.md")
            self.report(
                node, "script", _("there is no script {name}"), remedy, name=name, near=near
            )
        return name

    def _dunning(self, node: yamlfile.Mapping, action: str | None) -> bool:
        """Contact asks for payment unless the step says otherwise."""
        if "dunning" in node:
            return bool(yamlfile.as_bool(node["dunning"], self.problems))
        return action in words.CONTACT_ACTIONS

    def _purpose(self, node: yamlfile.Node | None, dunning: bool) -> str:
        """Of a step that asks for no payment: what else it is. What asks for payment collects."""
        usual = words.QUIET_PURPOSES[0]
        if node is None:
            return usual
        if dunning:
            message = _("a step that asks for payment has no other purpose")
            self.report(node, "purpose", message, _("leave purpose out, or write dunning: false"))
        return yamlfile.as_choice(node, words.QUIET_PURPOSES, self.problems) or usual

    def _together(
        self, node: yamlfile.Node | None, lineage: Sequence[Subject], posted: Charge | None
    ) -> bool:
        """Whether one act serves what belongs to one case. A charge has an amount of its own."""
        if node is None:
            return False
        belongs_to_case = any(subject.name == "case" for subject in lineage[1:])
        if not belongs_to_case or posted is not None:
            message = _("only what belongs to a case, and posts no charge, is done together")
            self.report(node, "together", message, _("leave together out"))
        return bool(yamlfile.as_bool(node, self.problems))

    def _subject(self, node: yamlfile.Node | None) -> str:
        """What the step is about; a case where it does not say."""
        if node is None:
            return "case"
        known = self.vocabulary.subjects.names()
        return yamlfile.as_choice(node, known, self.problems) or "case"

    def _before_own(
        self, per: str, readable: frozenset[str], guards: list[str]
    ) -> list[Node | None]:
        """What must hold before the step's own condition is asked: the track, then its guards."""
        lineage = [subject.name for subject in self.vocabulary.subjects.lineage(per)]
        of_track = self.track.conditions() if "case" in lineage else []
        present = [self.guards[name] for name in guards if name in self.guards]
        return [*of_track, *(self._guard(guard, readable) for guard in present)]

    def _guard(self, node: yamlfile.Scalar, readable: frozenset[str]) -> Node | None:
        """The condition of a guard. One that only names a term is what the term means: so an
        explanation names the part that does not hold."""
        condition = self.condition(node, readable)
        if condition is None or condition.op != "fact":
            return condition
        return self.vocabulary.terms.get(str(condition.value), condition)

    def _days(
        self, node: yamlfile.Mapping, variant: alternatives.Variant, readable: frozenset[str]
    ) -> tuple[Cadence, list[Node | None]]:
        """Its days, and what must hold besides: of a step that follows another one, that it does."""
        written = node.get("cadence")
        if isinstance(written, yamlfile.Mapping) and cadence.UNDONE in written:
            per = str(node.get("per") or "case")
            alike = [code for code in self.ids if self.vocabulary.steps.get(code) == per]
            read = {code: self.above[code].cadence for code in alike if code in self.above}
            above = {code: read.get(code) for code in alike}
            late = cadence.read_undone(written, above, self._figure, self.problems)
            if late is None:
                return Cadence(_ON, ()), [None]
            return late.cadence, [self.above[late.step].demand]

        occurs = self._cadence(written, readable)
        if variant.first:
            occurs = replace(occurs, done=history.last_done(variant.first))
        return occurs, []

    def _reached(
        self, variant: alternatives.Variant, readable: frozenset[str]
    ) -> list[Node | None]:
        """That its way is possible, and none of those before it; nothing for a step without others."""
        ways = [self.condition(way, readable) for way in variant.ways]
        read = [way for way in ways if way]
        if len(read) < len(ways):
            return [None]
        return list(alternatives.reached(read)) if read else []

    def _cadence(self, node: yamlfile.Node | None, readable: frozenset[str]) -> Cadence:
        """Without a cadence: once, counted from the placement."""
        if node is None:
            return Cadence(Node("fact", "date", value="placed_on"), (Segment(0, None, 0),))
        none = Cadence(_ON, ())
        mapping = yamlfile.known_part(node, ("from", "occurs"), (), self.problems)
        if mapping is None:
            return none
        base = self.condition(mapping.get("from"), readable, "date")
        listed = yamlfile.as_sequence(mapping.get("occurs"), self.problems)
        segments = tuple(segment for entry in (listed or ()) if (segment := self._segment(entry)))
        cadence.check_segments(mapping.get("occurs"), segments, self.problems)
        if not self.stored:
            cadence.check_order(mapping.get("occurs"), segments, self.problems)
        return Cadence(base, segments) if base else none

    def _segment(self, entry: yamlfile.Node) -> Segment | None:
        return cadence.read_segment(entry, self._figure, self.problems)

    def _delay(self, node: yamlfile.Node | None) -> Delay | None:
        return cadence.read_delay(node, self._figure, self.problems)

    def _int(self, node: yamlfile.Mapping, key: str, default: int) -> int:
        value = self._figure(node.get(key))
        return default if value is None else value

    def _figure(self, node: yamlfile.Node | None) -> int | None:
        """A whole number, or the name of a parameter that is one, with a minus before it or not."""
        named = str(node).removeprefix("-") if node is not None else ""
        if named not in self.parameters:
            return yamlfile.as_int(node, self.problems, minimum=-MOST_DAYS, maximum=MOST_DAYS)

        assert node is not None
        value = self.parameters[named]
        if value != value.to_integral_value():
            message = _("parameter {name} is {value}; a whole number is needed here")
            self.report(node, "figure", message, name=named, value=value)
            return None
        if abs(value) > MOST_DAYS:
            limits = {"value": str(value), "low": -MOST_DAYS, "high": MOST_DAYS}
            self.problems.append(node.problem("yaml.range", **limits))
            return None
        return -int(value) if str(node).startswith("-") else int(value)

    def _role(self, node: yamlfile.Node | None, action: str | None) -> str:
        """The code of a role that may do the step; empty, with a problem, for another word."""
        if self.who.roles is None:
            return yamlfile.as_text(node, self.problems) or ""

        role = yamlfile.as_choice(node, tuple(self.who.roles), self.problems) or ""
        able, right = self.who.deciding, "write"
        if action in words.CONTACT_ACTIONS:
            able, right = self.who.contacting, "record_contacts"
        if node is not None and role and able is not None and role not in able:
            message = _("{role} cannot do this: it has not the right '{right}'")
            remedy = _("name a role with the right '{right}'")
            self.report(node, "role", message, remedy, role=role, right=right)
        return role
