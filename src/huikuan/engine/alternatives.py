"""One act, and in which other ways it may be done where the first is not possible.

- id: first_reminder
  action: call
  otherwise:
    - {id: first_reminder_sms, action: sms, possible: has_mobile}
    - {id: first_reminder_letter, action: letter, role: administration}

Each is a step of its own with all that the first one says and it does not. It is demanded where its
own way is possible and none before it is. They are one step to memory: once one of them was done
for an occurrence, none is asked for, and `times_done('first_reminder')` counts them all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from huikuan.engine.acts import REACHED_BY
from huikuan.engine.nodes import Node, unless
from huikuan.engine.times_file import OF_STEP
from huikuan.engine.vocabulary import Vocabulary
from huikuan.engine.words import CONTACT_ACTIONS
from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem
from huikuan.lib.problems import gettext_noop as _

KEY = "otherwise"
POSSIBLE = "possible"
#: What an alternative says of itself; all else is the same for each of them.
_OWN = (
    "title",
    "addressee",
    "role",
    "script",
    "deadline",
    "priority",
    "approval",
    "law",
    *OF_STEP,
    POSSIBLE,
)
_DEBTOR = "debtor"


@dataclass(frozen=True)
class Variant:
    """A step as if it were written in full.

    ways: what makes those before it possible, and what makes it. first: the id of the step that it
    is an alternative to, its own where it is that step; empty for a step without alternatives.
    """

    node: yamlfile.Node
    ways: tuple[yamlfile.Scalar, ...] = ()
    first: str = ""

    def when_text(self) -> str:
        """The condition as a pack that writes every step in full would have it."""
        assert isinstance(self.node, yamlfile.Mapping)
        written = str(self.node.get("when"))
        if not self.ways:
            return written

        *earlier, own = [str(way) for way in self.ways]
        barred = [f"not ({way})" for way in earlier]
        return " and ".join([f"({written})", f"({own})", *barred])


def variants(entry: yamlfile.Node, problems: list[Problem]) -> list[Variant]:
    """The step and its alternatives, in their order; a step without them alone."""
    if not isinstance(entry, yamlfile.Mapping) or KEY not in entry:
        return [Variant(entry)]

    first = _without(entry, KEY)
    nodes = [first]
    for other in yamlfile.as_sequence(entry[KEY], problems) or ():
        known = yamlfile.known_part(other, ("id", "action"), _OWN, problems)
        if known is not None:
            nodes.append(_merged(first, known))

    ways: list[yamlfile.Scalar] = []
    found = []
    for node in nodes:
        way = _way(node, problems)
        if way is None:
            return []
        ways.append(way)
        found.append(Variant(_without(node, POSSIBLE), tuple(ways), str(first.get("id"))))
    return found


def _way(node: yamlfile.Mapping, problems: list[Problem]) -> yamlfile.Scalar | None:
    """The condition under which this way is possible; None, and a problem, where none is known."""
    action = str(node.get("action"))
    addressee = str(node.get("addressee"))
    written = node.get(POSSIBLE)
    if isinstance(written, yamlfile.Scalar):
        return written

    place = node.get("action") or node
    if addressee == _DEBTOR and action in CONTACT_ACTIONS:
        return yamlfile.Scalar(place.file, place.line, place.column, REACHED_BY[action])
    message = _("write 'possible': when {addressee} can be reached by {action}")
    params: dict[str, object] = {"addressee": addressee, "action": action}
    problem = Problem("playbook.possible", message, "", params, place.file)
    problems.append(problem.at(line=place.line, column=place.column))
    return None


def _without(node: yamlfile.Mapping, key: str) -> yamlfile.Mapping:
    entries = {name: value for name, value in node.items() if name != key}
    return replace(node, entries=entries)


def _merged(first: yamlfile.Mapping, own: yamlfile.Mapping) -> yamlfile.Mapping:
    """All that the first one says, with what the alternative says of itself. Its way is its own."""
    entries = {**_without(first, POSSIBLE).entries, **own.entries}
    keys_at = {**first.keys_at, **own.keys_at}
    return yamlfile.Mapping(own.file, own.line, own.column, entries, keys_at)


def reached(ways: list[Node]) -> list[Node]:
    """That the last of these ways is possible and none before it; what is unknown is not."""
    *earlier, own = ways
    return [own, *(unless(way) for way in earlier)]


def named_ahead(vocabulary: Vocabulary, pack: str, root: yamlfile.Mapping) -> Vocabulary:
    """The vocabulary in this pack, read before any condition: each may name any step of it."""
    ahead = list(_ahead(root))
    subjects = {code: subject for code, subject, _ids in ahead}
    together = {code: ids for code, _subject, ids in ahead}
    return vocabulary.with_steps(pack, subjects, together)


def _ahead(root: yamlfile.Mapping) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """(id, subject, ids of the step and its alternatives)."""
    listed = root.get("steps")
    if not isinstance(listed, yamlfile.Sequence):
        return

    for step in listed:
        if not isinstance(step, yamlfile.Mapping) or "id" not in step:
            continue
        subject = str(step.get("per") or "case")
        others = step.get(KEY)
        ids = [str(step["id"])]
        if isinstance(others, yamlfile.Sequence):
            named = [one for one in others if isinstance(one, yamlfile.Mapping) and "id" in one]
            ids += [str(one["id"]) for one in named]
        yield ids[0], subject, tuple(ids)
        yield from ((code, subject, (code,)) for code in ids[1:])
