"""Named conditions and values of a playbook, written once and used by many steps.

terms:
  key_case: {zh: 重点案件, en: key case, is: balance >= large_amount or hand >= three_hand}
  demandable: {zh: 可催金额, en: demandable, over: item, where: not item_held, sum: item_open}

The second one is a total: over the rows of a subject for which a condition holds, the sum of a
value, or their number where no `sum` is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from huikuan.engine import history, since
from huikuan.engine.conditions import Parser
from huikuan.engine.fact import Fact, Total, Words
from huikuan.engine.nodes import KINDS, TOTAL, Node
from huikuan.engine.texts import position
from huikuan.engine.vocabulary import ACT, RUN, Vocabulary
from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem
from huikuan.lib.problems import gettext_noop as _

_KEYS = ("zh", "en")
#: A term says what it is, or what is counted: over which rows, and of them which.
_IS = "is"
_OVER = "over"
_WHERE = "where"
_SUM = "sum"
#: What can be added up.
_SUMMED = ("int", "money")


def read_terms(
    node: yamlfile.Node | None,
    vocabulary: Vocabulary,
    parameters: Mapping[str, Decimal],
    text: str,
    problems: list[Problem],
    *,
    beside: tuple[str, ...] = (),
) -> Vocabulary:
    """The vocabulary with the pack's own terms. A term may name those before it.

    `text` is the whole file: a problem names line and column in it. `beside`: further keys that
    whoever asks reads himself.
    """
    listed = yamlfile.as_mapping(node, problems)
    if listed is None:
        return vocabulary

    for name, entry in listed.items():
        is_total = isinstance(entry, yamlfile.Mapping) and _OVER in entry
        if is_total:
            parts = yamlfile.known_part(entry, (*_KEYS, _OVER, _WHERE), (_SUM, *beside), problems)
        else:
            parts = yamlfile.known_part(entry, (*_KEYS, _IS), beside, problems)
        if parts is not None and not _is_new(name, parts, vocabulary, parameters, problems):
            continue

        if parts is not None and is_total:
            vocabulary = _with_total(name, parts, vocabulary, parameters, text, problems)
        elif parts is not None and _IS in parts:
            vocabulary = _with_term(name, parts, vocabulary, parameters, text, problems)
        if vocabulary.get(name) is None:
            vocabulary = vocabulary.with_unread([name])
    return vocabulary


def _is_new(
    name: str,
    parts: yamlfile.Mapping,
    vocabulary: Vocabulary,
    parameters: Mapping[str, Decimal],
    problems: list[Problem],
) -> bool:
    """Whether nothing has the name yet."""
    if vocabulary.get(name) is None and name not in parameters:
        return True
    message = _("'{name}' is a fact or a parameter already; a term needs a name of its own")
    problems.append(_problem("terms.name", message, parts, {"name": name}))
    return False


def _with_term(
    name: str,
    parts: yamlfile.Mapping,
    vocabulary: Vocabulary,
    parameters: Mapping[str, Decimal],
    text: str,
    problems: list[Problem],
) -> Vocabulary:
    """The vocabulary with one term more, as a derived fact of the subject that it speaks of."""
    node = _parse(parts[_IS], vocabulary, parameters, text, problems)
    if node is None:
        return vocabulary
    subject = _subject(node, vocabulary)
    if subject is None:
        message = _("the facts of '{name}' belong to subjects of which none contains the other")
        problems.append(_problem("terms.subject", message, parts[_IS], {"name": name}))
        return vocabulary

    zh, en = _titles(parts, problems)
    term = Fact(
        name,
        node.type,
        zh,
        en,
        _MEANING,
        _SOURCE,
        options=_words(node, vocabulary),
        expr=str(parts[_IS]),
        subject=subject,
    )
    return vocabulary.with_term(term, node)


_MEANING = "A term of the pack."
_SOURCE = "the pack"


def _titles(parts: yamlfile.Mapping, problems: list[Problem]) -> Words:
    """What the term is called in Chinese and in English."""
    zh = yamlfile.as_text(parts.get("zh"), problems) or ""
    en = yamlfile.as_text(parts.get("en"), problems) or ""
    return zh, en


def _with_total(
    name: str,
    parts: yamlfile.Mapping,
    vocabulary: Vocabulary,
    parameters: Mapping[str, Decimal],
    text: str,
    problems: list[Problem],
) -> Vocabulary:
    """The vocabulary with one total more, of the subject to which the counted rows belong."""
    counted = [each.name for each in vocabulary.subjects if each.parent]
    over = yamlfile.as_choice(parts.get(_OVER), counted, problems)
    if over is None or _WHERE not in parts:
        return vocabulary

    readable = vocabulary.seen_from(over)
    where = _parse(parts[_WHERE], vocabulary, parameters, text, problems, readable, "bool")
    value = None
    if _SUM in parts:
        value = _parse(parts[_SUM], vocabulary, parameters, text, problems, readable)
        if value is not None and value.type not in _SUMMED:
            message = _("{kind} cannot be added up; 'sum' is an amount or a whole number")
            params: dict[str, object] = {"kind": KINDS[value.type]}
            problems.append(_problem("terms.sum", message, parts[_SUM], params))
            value = None
    if where is None or (value is None and _SUM in parts):
        return vocabulary

    summed = "" if value is None else str(parts[_SUM])
    kind = "int" if value is None else value.type
    zh, en = _titles(parts, problems)
    term = Fact(
        name,
        kind,
        zh,
        en,
        _MEANING,
        _SOURCE,
        always=True,
        subject=vocabulary.subjects[over].parent,
        total=Total(over=over, where=str(parts[_WHERE]), value=summed),
    )
    read = (where,) if value is None else (where, value)
    return vocabulary.with_term(term, Node(TOTAL, kind, read, value=over))


def _parse(
    node: yamlfile.Node,
    vocabulary: Vocabulary,
    parameters: Mapping[str, Decimal],
    text: str,
    problems: list[Problem],
    readable: frozenset[str] | None = None,
    wanted: str = "",
) -> Node | None:
    """What a term means; problems name line and column of the file.

    readable: the subjects whose facts may stand in it; None: any. wanted: its type; none: any.
    """
    source = yamlfile.as_text(node, problems)
    if source is None:
        return None

    def report(column: int, message: str, params: Mapping[str, object]) -> None:
        line, at = position(text, node, column)
        problems.append(
            Problem("condition", message, "", dict(params), node.file, line=line, column=at)
        )

    if readable is None:
        readable = frozenset([*vocabulary.subjects.names(), RUN])
    return since.read(Parser(vocabulary, readable, report, parameters), source, wanted)


def _words(node: Node, vocabulary: Vocabulary) -> dict[str, Words]:
    """The words that a term can be, so that a misspelt one is found where it is asked for.

    None where one of its values is a fact that may be any word.
    """
    if node.type != "text":
        return {}
    if node.op == "const":
        word = str(node.value)
        return {word: (word, word)}
    if node.op == "fact":
        fact = vocabulary.get(str(node.value))
        return dict(fact.options) if fact else {}
    if node.op != "if":
        return {}

    _test, then, other = node.parts
    of_then = _words(then, vocabulary)
    of_other = _words(other, vocabulary)
    if not of_then or not of_other:
        return {}
    return of_then | of_other


def _subject(node: Node, vocabulary: Vocabulary) -> str | None:
    """The subject from which all of the term can be read; a case for a term about the day."""
    read = {vocabulary.get(name).subject for name in node.facts()}  # type: ignore[union-attr]
    read |= history.subjects(node, vocabulary)
    read -= {RUN, ACT}
    if not read:
        return "case"
    fitting = [name for name in read if read <= vocabulary.seen_from(name)]
    return fitting[0] if fitting else None


def _problem(code: str, message: str, node: yamlfile.Node, params: dict[str, object]) -> Problem:
    return Problem(code, message, "", params, node.file, line=node.line, column=node.column)
