"""Outcome codes 催收结果, outcomes.yaml: who answered, what came of it, what it sets, what may follow.

reasons:
  hardship: {zh: 经济困难, en: hardship}
answers:
  - who: debtor
    title: {zh: 本人, en: debtor}
    script: first_call
    outcomes:
      - code: promised
        title: {zh: 承诺还款, en: promises to pay}
        source: P1.2 (5)
        right_party: true
        needs: [promise, willingness]
        sets: {point: valid, willingness: willing}
        follow_up: [promise]
        hint: {zh: 约定确切日期和金额, en: agree on an exact day and amount}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from huikuan.engine import requirements, words
from huikuan.engine.options import WILLINGNESS as WILLINGNESS_WORDS
from huikuan.engine.texts import Text, both_languages, one_or_both
from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem, did_you_mean
from huikuan.lib.problems import gettext_noop as _

FILE = "outcomes.yaml"
WHO = ("debtor", "relative", "colleague", "friend", "other", "stranger", "nobody")
#: What the form must ask for before the contact can be saved.
NEEDS = (
    "promise",
    "next_contact",
    "willingness",
    "reason",
    "relation",
    "contact_data",
    "evidence",
    "note",
    # Which items are said to be paid; each is recorded as a claim of payment.
    "paid_items",
)
POINT = ("valid", "invalid", "suspended", "stranger", "refused")
WILLINGNESS = tuple(WILLINGNESS_WORDS)
#: What an outcome may lead to besides steps of its playbook (engine/beside.py): a field that the
#: form then offers, though the outcome does not need it.
OFFERS = ("promise", "next_contact", "call_again")
HOLDS = words.SORTS["hold"]
SCOPES = ("item", "account", "case", "person")


@dataclass(frozen=True)
class HoldProposal:
    """A hold that is proposed to the team lead, never set by the outcome itself."""

    kind: str
    scope: str


@dataclass(frozen=True)
class Outcome:
    """right_party: a talk with the debtor in person 本人接通. refusal: this third person is never asked again."""

    code: str
    who: str
    title: Text
    source: Text
    connected: bool
    right_party: bool
    needs: tuple[str, ...]
    point: str
    willingness: str
    reason: str
    refusal: bool
    hold: HoldProposal | None
    #: Fields that the form offers (OFFERS), and ids of steps that may come of it.
    follow_up: tuple[str, ...]
    hint: Text
    line: int = 0
    #: Ids of packs/requirements.tsv.
    serves: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """Who answered, the script that applies then, and what may come of it."""

    who: str
    title: Text
    script: str
    outcomes: tuple[Outcome, ...]
    line: int = 0


@dataclass(frozen=True)
class Outcomes:
    reasons: Mapping[str, Text]
    answers: tuple[Answer, ...]

    def answer(self, who: str) -> Answer | None:
        return next((answer for answer in self.answers if answer.who == who), None)

    def outcome(self, who: str, code: str) -> Outcome | None:
        """The outcome with this code for whoever answered."""
        answer = self.answer(who)
        return next((o for o in answer.outcomes if o.code == code), None) if answer else None

    def __iter__(self) -> Iterator[Outcome]:
        for answer in self.answers:
            yield from answer.outcomes

    def codes(self) -> dict[str, Text]:
        """Every code with its words, for reports and filters."""
        return {outcome.code: outcome.title for outcome in reversed(list(self))}


def read_outcomes(
    files: Mapping[str, str], scripts: Sequence[str]
) -> tuple[Outcomes | None, list[Problem]]:
    """outcomes.yaml of a pack (file name → text). None without the file; None, with every problem, when wrong."""
    if FILE not in files:
        return None, []
    root, problems = yamlfile.load(files[FILE], FILE)
    if root is None or not yamlfile.check_keys(root, ("reasons", "answers"), (), problems):
        return None, problems
    node = yamlfile.as_mapping(root, problems)
    assert node is not None
    mapping = yamlfile.as_mapping(node["reasons"], problems)
    reasons = {
        code: both_languages(words, problems)
        for code, words in (mapping.items() if mapping else ())
    }
    reader = _Reader(problems, scripts, tuple(reasons))
    listed = yamlfile.as_sequence(node["answers"], problems)
    answers = tuple(answer for entry in (listed or ()) if (answer := reader.answer(entry)))
    for who in ("debtor", "nobody"):
        if listed is not None and who not in reader.seen:
            message = _("nothing is said of what happens when '{who}' answers")
            problems.append(
                Problem(
                    "outcome.who",
                    message,
                    "",
                    {"who": who},
                    FILE,
                    line=listed.line,
                    column=listed.column,
                )
            )
    return (None if problems else Outcomes(reasons, answers)), problems


@dataclass
class _Reader:
    problems: list[Problem]
    scripts: Sequence[str]
    reasons: Sequence[str]
    seen: list[str] = field(default_factory=list)

    def report(
        self, node: yamlfile.Node, code: str, message: str, remedy: str = "", /, **params: object
    ) -> None:
        self.problems.append(
            Problem(
                f"outcome.{code}",
                message,
                remedy,
                params,
                node.file,
                line=node.line,
                column=node.column,
            )
        )

    def answer(self, entry: yamlfile.Node) -> Answer | None:
        keys = ("who", "title", "outcomes")
        node = yamlfile.known_part(entry, keys, ("script",), self.problems)
        if node is None or "who" not in node:
            return None
        who = yamlfile.as_choice(node["who"], WHO, self.problems)
        if who in self.seen:
            self.report(node["who"], "twice", _("'{code}' stands twice"), code=who)
        self.seen.append(who or "")
        listed = yamlfile.as_sequence(node.get("outcomes"), self.problems)
        codes: list[str] = []
        outcomes = tuple(
            o for one in (listed or ()) if (o := self._outcome(one, who or "debtor", codes))
        )
        title = both_languages(node.get("title"), self.problems)
        return Answer(who or "", title, self._script(node.get("script")), outcomes, node.line)

    def _script(self, node: yamlfile.Node | None) -> str:
        name = yamlfile.as_text(node, self.problems) or ""
        if node is not None and name and name not in self.scripts:
            near = did_you_mean(name, self.scripts)
            remedy = _("did you mean {near}?") if near else _("write scripts/{name}.md")
            self.report(
                node, "script", _("there is no script {name}"), remedy, name=name, near=near
            )
        return name

    def _outcome(self, entry: yamlfile.Node, who: str, codes: list[str]) -> Outcome | None:
        optional = (
            "source",
            "connected",
            "right_party",
            "needs",
            "sets",
            "hold",
            "follow_up",
            "hint",
            requirements.KEY,
        )
        node = yamlfile.known_part(entry, ("code", "title"), optional, self.problems)
        if node is None or "code" not in node:
            return None
        code = yamlfile.as_text(node["code"], self.problems) or ""
        if code in codes:
            self.report(node["code"], "twice", _("'{code}' stands twice"), code=code)
        codes.append(code)
        sets = self._sets(node.get("sets"))
        outcome = Outcome(
            code=code,
            who=who,
            title=both_languages(node.get("title"), self.problems),
            source=one_or_both(node.get("source"), self.problems),
            connected=self._bool(node, "connected", who != "nobody"),
            right_party=self._bool(node, "right_party", False),
            needs=self._words(node.get("needs"), NEEDS),
            point=sets.get("point", ""),
            willingness=sets.get("willingness", ""),
            reason=sets.get("reason", ""),
            refusal=sets.get("refusal") == "true",
            hold=self._hold(node.get("hold")),
            follow_up=self._names(node.get("follow_up")),
            hint=both_languages(node.get("hint"), self.problems),
            line=node.line,
            serves=requirements.served(node.get(requirements.KEY), self.problems),
        )
        self._check_lawful(node, outcome)
        return outcome

    def _check_lawful(self, node: yamlfile.Mapping, outcome: Outcome) -> None:
        """Of the debt one talks with the debtor alone, once the identity is confirmed."""
        place = node["code"]
        if outcome.right_party and (outcome.who != "debtor" or not outcome.connected):
            self.report(
                place,
                "right_party",
                _("'{code}': only a talk with the debtor is right-party contact"),
                code=outcome.code,
            )
        spoken = {"promise", "reason", "willingness"} & set(outcome.needs) or outcome.willingness
        if spoken and not outcome.right_party:
            message = _(
                "'{code}': promise, reason and willingness need a talk with the debtor in person"
            )
            self.report(
                place,
                "private",
                message,
                _("add right_party: true, or leave them out"),
                code=outcome.code,
            )
        if outcome.refusal and outcome.who in ("debtor", "nobody"):
            self.report(
                place,
                "refusal",
                _("'{code}': refusal is that of a third person"),
                code=outcome.code,
            )

    def _bool(self, node: yamlfile.Mapping, key: str, default: bool) -> bool:
        value = yamlfile.as_bool(node.get(key), self.problems)
        return default if value is None else value

    def _words(self, node: yamlfile.Node | None, known: Sequence[str]) -> tuple[str, ...]:
        listed = yamlfile.as_sequence(node, self.problems)
        return tuple(
            word
            for entry in (listed or ())
            if (word := yamlfile.as_choice(entry, known, self.problems))
        )

    def _names(self, node: yamlfile.Node | None) -> tuple[str, ...]:
        listed = yamlfile.as_sequence(node, self.problems) or ()
        named = [yamlfile.as_text(entry, self.problems) for entry in listed]
        return tuple(name for name in named if name)

    def _sets(self, node: yamlfile.Node | None) -> dict[str, str]:
        options = {
            "point": POINT,
            "willingness": WILLINGNESS,
            "reason": self.reasons,
            "refusal": ("true", "false"),
        }
        if node is None or not yamlfile.check_keys(node, (), options, self.problems):
            return {}
        mapping = yamlfile.as_mapping(node, self.problems)
        assert mapping is not None
        return {
            key: yamlfile.as_choice(value, options[key], self.problems) or ""
            for key, value in mapping.items()
        }

    def _hold(self, node: yamlfile.Node | None) -> HoldProposal | None:
        if node is None or not yamlfile.check_keys(node, ("kind", "scope"), (), self.problems):
            return None
        mapping = yamlfile.as_mapping(node, self.problems)
        assert mapping is not None
        kind = yamlfile.as_choice(mapping["kind"], HOLDS, self.problems)
        scope = yamlfile.as_choice(mapping["scope"], SCOPES, self.problems)
        return HoldProposal(kind, scope) if kind and scope else None
