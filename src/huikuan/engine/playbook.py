"""A playbook: the procedure as data. Reads pack.yaml and playbook.yaml; everything wrong is reported at once.

A step says when it is demanded (`when`), of a case or of each item (`per`), on which days it occurs (`cadence`), what
is to be done to whom by whom until when. Occurrences are counted from a date among the facts, never from earlier tasks.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from huikuan.engine import outcomes, scripts, words
from huikuan.engine.conditions import Node, Parser
from huikuan.engine.texts import Text, both_languages, position
from huikuan.engine.vocabulary import Vocabulary
from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem, did_you_mean
from huikuan.lib.problems import gettext_noop as _


@dataclass(frozen=True)
class Segment:
    """Occurrences at base + day, then every `every` days until base + `until` (both included). every 0: once."""

    day: int
    until: int | None
    every: int
    working_days: bool = False


@dataclass(frozen=True)
class Cadence:
    base: Node
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class Step:
    id: str
    title: Text
    source: str
    per: str
    when: Node
    own: Node
    when_text: str
    cadence: Cadence
    cadence_text: str
    due: int
    deadline: int | None
    action: str
    addressee: str
    role: str
    dunning: bool
    priority: int
    approval: str = ""
    script: str = ""
    #: Doing the step records this event of its subject.
    records: str = ""
    #: Whoever recorded this event of the subject may not do the step: maker is never checker.
    checks: str = ""
    law: Text = field(default_factory=dict)
    line: int = 0

    @property
    def contacts(self) -> bool:
        """It reaches somebody outside, so it passes the gate."""
        return self.action in words.CONTACT_ACTIONS


@dataclass(frozen=True)
class Pack:
    """What pack.yaml says of any pack."""

    name: str
    kind: str
    version: str
    title: Text
    source: str
    effective_from: dt.date
    lawful_form: Text
    files: Mapping[str, str]

    @property
    def hash(self) -> str:
        """SHA-256 over all files, so that any change is another version."""
        digest = hashlib.sha256()
        for name in sorted(self.files):
            digest.update(f"{name}\0{self.files[name]}\0".encode())
        return digest.hexdigest()


@dataclass(frozen=True)
class Playbook:
    pack: Pack
    parameters: Mapping[str, Decimal]
    steps: tuple[Step, ...]
    #: Facts of a case without which steps stay silent: the plan counts the cases that lack one.
    requires: tuple[str, ...] = ()

    def step(self, code: str) -> Step:
        return next(step for step in self.steps if step.id == code)


def read_pack(files: Mapping[str, str], problems: list[Problem]) -> Pack | None:
    """pack.yaml of a pack given as file name → text. None when it cannot be read."""
    root, found = yamlfile.load(files.get("pack.yaml", ""), "pack.yaml")
    problems += found
    keys = ("pack", "kind", "version", "title", "source", "effective_from")
    if root is None or not yamlfile.check_keys(root, keys, ("lawful_form", "procedure"), problems):
        return None
    node = yamlfile.as_mapping(root, problems)
    assert node is not None
    name, version = (
        yamlfile.as_text(node["pack"], problems),
        yamlfile.as_text(node["version"], problems),
    )
    kind = yamlfile.as_choice(node["kind"], ("playbook", "limits"), problems)
    source = yamlfile.as_text(node["source"], problems)
    effective = yamlfile.as_date(node["effective_from"], problems)
    title, lawful = (
        both_languages(node["title"], problems),
        both_languages(node.get("lawful_form"), problems),
    )
    if not (name and version and kind and source and effective):
        return None
    return Pack(name, kind, version, title, source, effective, lawful, dict(files))


def read_playbook(
    files: Mapping[str, str], vocabulary: Vocabulary, *, stored: bool = False
) -> tuple[Playbook | None, list[Problem]]:
    """A playbook from its files (name → text). None, with every problem, when anything is wrong.

    A `stored` version was checked when it was loaded: what stands beside the steps (scripts, outcomes) is not asked again,
    so that a check that becomes stricter never makes a running pack unreadable. A step of it whose condition names facts
    that are gone never fires; its title and role can still be read.
    """
    problems: list[Problem] = []
    pack = read_pack(files, problems)
    root, found = yamlfile.load(files.get("playbook.yaml", ""), "playbook.yaml")
    problems += found
    problems += [] if stored else _check_beside(files)
    if root is None or not yamlfile.check_keys(
        root, ("steps",), ("parameters", "guards", "requires"), problems
    ):
        return None, problems
    node = yamlfile.as_mapping(root, problems)
    assert node is not None
    reader = _Reader(
        vocabulary, problems, _parameters(node.get("parameters"), problems), files, stored
    )
    reader.guards = _guards(node.get("guards"), vocabulary, problems)
    listed = yamlfile.as_sequence(node["steps"], problems)
    steps = [step for entry in (listed or ()) if (step := reader.step(entry))]
    requires = _requires(node.get("requires"), vocabulary, problems)
    if pack is None or any(p.severity == "error" for p in problems):
        return None, problems
    return Playbook(pack, reader.parameters, tuple(steps), requires), problems


def _requires(
    node: yamlfile.Node | None, vocabulary: Vocabulary, problems: list[Problem]
) -> tuple[str, ...]:
    """The facts that every case of the pack should have."""
    known = [fact.name for fact in vocabulary.stored("case") if not fact.always]
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


def _guards(
    node: yamlfile.Node | None, vocabulary: Vocabulary, problems: list[Problem]
) -> dict[str, yamlfile.Scalar]:
    """What holds for many steps at once.

    always: every step about a case or something of it; dunning: those that ask for payment. Of
    another subject: <subject> for its steps, <subject>_dunning for those that ask for payment.
    """
    others = [name for name in vocabulary.subjects.names() if name != "case"]
    known = ("always", "dunning", *others, *(f"{name}_dunning" for name in others))
    if node is None or not yamlfile.check_keys(node, (), known, problems):
        return {}
    mapping = yamlfile.as_mapping(node, problems)
    assert mapping is not None
    return {name: value for name, value in mapping.items() if isinstance(value, yamlfile.Scalar)}


def _check_beside(files: Mapping[str, str]) -> list[Problem]:
    """What is wrong with the pack's scripts and outcome codes."""
    return scripts.read_scripts(files)[1] + outcomes.read_outcomes(files, scripts.ids(files))[1]


_NEVER = Node("const", "bool", value=False)
#: A window that ends before it begins.
_NO_DAY = Cadence(Node("fact", "date", value="on"), (Segment(1, 0, 0),))
_REQUIRED = ("id", "title", "source", "when", "action", "addressee", "role")
_OPTIONAL = (
    "per",
    "cadence",
    "due",
    "deadline",
    "approval",
    "script",
    "records",
    "checks",
    "priority",
    "dunning",
    "law",
)


@dataclass
class _Reader:
    vocabulary: Vocabulary
    problems: list[Problem]
    parameters: dict[str, Decimal]
    files: Mapping[str, str]
    stored: bool = False
    guards: dict[str, yamlfile.Scalar] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)

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
            if self.stored:
                return
            line, at = position(self.files["playbook.yaml"], node, column)
            self.problems.append(
                Problem("condition", message, "", dict(params), node.file, line=line, column=at)
            )

        return Parser(self.vocabulary, readable, report, self.parameters).parse(text, wanted)

    def step(self, entry: yamlfile.Node) -> Step | None:
        before = len(self.problems)
        if not yamlfile.check_keys(entry, _REQUIRED, _OPTIONAL, self.problems):
            return None
        node = yamlfile.as_mapping(entry, self.problems)
        assert node is not None
        per = self._subject(node.get("per"))
        readable = self.vocabulary.seen_from(per)
        action = yamlfile.as_choice(node["action"], words.ACTIONS, self.problems)
        dunning = self._dunning(node, action)
        guards = self._guard_names(per, dunning)
        when = self._guarded(node["when"], readable, guards)
        cadence = self._cadence(node.get("cadence"), readable)
        step = Step(
            id=self._id(node["id"]),
            title=both_languages(node["title"], self.problems),
            source=yamlfile.as_text(node["source"], self.problems) or "",
            per=per,
            when=when or _NEVER,
            own=(when.parts[-1] if when and when.op == "and" and guards else when) or _NEVER,
            when_text=str(node["when"]),
            cadence=cadence,
            cadence_text=_cadence_text(node.get("cadence")),
            due=self._int(node, "due", 0),
            deadline=self._int(node, "deadline", -1) if "deadline" in node else None,
            action=action or "review",
            addressee=yamlfile.as_choice(node["addressee"], words.ADDRESSEES, self.problems)
            or "house",
            role=yamlfile.as_choice(node["role"], words.ROLES, self.problems) or "collector",
            dunning=dunning,
            priority=self._int(node, "priority", 50),
            approval=self._role(node, "approval"),
            script=self._script(node.get("script")),
            records=self._event(node.get("records"), per),
            checks=self._event(node.get("checks"), per),
            law=both_languages(node.get("law"), self.problems),
            line=node.line,
        )
        return step if len(self.problems) == before else None

    def _id(self, node: yamlfile.Node) -> str:
        name = yamlfile.as_text(node, self.problems) or ""
        if name in self.ids:
            message, remedy = (
                _("step {id} stands twice; it is also in line {first}"),
                _("give one of them another id"),
            )
            self.report(node, "twice", message, remedy, id=name, first=self.ids[name])
        self.ids.setdefault(name, node.line)
        return name

    def _event(self, node: yamlfile.Node | None, per: str) -> str:
        """An event of the step's subject."""
        if node is None:
            return ""
        known = self.vocabulary.subjects[per].events
        if not known:
            message = _("nothing is recorded of a {subject}")
            self.report(node, "event", message, _("leave it out"), subject=per)
            return ""
        return yamlfile.as_choice(node, known, self.problems) or ""

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

    def _subject(self, node: yamlfile.Node | None) -> str:
        """What the step is about; a case where it does not say."""
        if node is None:
            return "case"
        known = self.vocabulary.subjects.names()
        return yamlfile.as_choice(node, known, self.problems) or "case"

    def _guarded(
        self, when: yamlfile.Node, readable: frozenset[str], guards: list[str]
    ) -> Node | None:
        """The step's own condition behind the guards that hold for it."""
        nodes = [self.condition(self.guards[name], readable) for name in guards]
        nodes.append(self.condition(when, readable))
        parts = tuple(node for node in nodes if node)
        if len(parts) < len(nodes):
            return None  # the step never fires
        return parts[0] if len(parts) == 1 else Node("and", "bool", parts)

    def _guard_names(self, per: str, dunning: bool) -> list[str]:
        """The guards of a step: those of the case, where it has one, then those of its subject."""
        lineage = [subject.name for subject in self.vocabulary.subjects.lineage(per)]
        wanted = []
        if "case" in lineage:
            wanted.append("always")
        wanted += [name for name in reversed(lineage) if name != "case"]
        if dunning:
            asking = [f"{name}_dunning" for name in reversed(lineage) if name != "case"]
            wanted += ["dunning", *asking] if "case" in lineage else asking
        return [name for name in wanted if name in self.guards]

    def _cadence(self, node: yamlfile.Node | None, readable: frozenset[str]) -> Cadence:
        """Without a cadence: once, counted from the placement."""
        if node is None:
            return Cadence(Node("fact", "date", value="placed_on"), (Segment(0, None, 0),))
        none = Cadence(Node("fact", "date", value="on"), ())
        if not yamlfile.check_keys(node, ("from", "occurs"), (), self.problems):
            return none
        mapping = yamlfile.as_mapping(node, self.problems)
        assert mapping is not None
        base = self.condition(mapping["from"], readable, "date")
        listed = yamlfile.as_sequence(mapping["occurs"], self.problems)
        segments = tuple(segment for entry in (listed or ()) if (segment := self._segment(entry)))
        if base is None and self.stored:
            return _NO_DAY
        return Cadence(base, segments) if base else none

    def _segment(self, entry: yamlfile.Node) -> Segment | None:
        if not yamlfile.check_keys(
            entry, ("day",), ("until", "every", "working_days"), self.problems
        ):
            return None
        node = yamlfile.as_mapping(entry, self.problems)
        assert node is not None
        until = yamlfile.as_int(node["until"], self.problems) if "until" in node else None
        every = yamlfile.as_int(node["every"], self.problems, minimum=1) if "every" in node else 0
        working = (
            bool(yamlfile.as_bool(node["working_days"], self.problems))
            if "working_days" in node
            else False
        )
        day = self._int(node, "day", 0)
        if until is not None and until < day:
            message = _("this never occurs: until {until} lies before day {day}")
            self.report(node["until"], "until", message, day=day, until=until)
        return Segment(day, until, every or 0, working)

    def _int(self, node: yamlfile.Mapping, key: str, default: int) -> int:
        value = yamlfile.as_int(node.get(key), self.problems)
        return default if value is None else value

    def _role(self, node: yamlfile.Mapping, key: str) -> str:
        return (
            (yamlfile.as_choice(node[key], words.ROLES, self.problems) or "") if key in node else ""
        )


def _cadence_text(node: yamlfile.Node | None) -> str:
    if (
        not isinstance(node, yamlfile.Mapping)
        or "from" not in node
        or not isinstance(node.get("occurs"), yamlfile.Sequence)
    ):
        return ""
    parts = []
    for entry in node["occurs"]:  # type: ignore[attr-defined]
        if isinstance(entry, yamlfile.Mapping):
            parts.append(", ".join(f"{key} {value}" for key, value in entry.items()))
    return f"{node['from']}: {'; '.join(parts)}"
