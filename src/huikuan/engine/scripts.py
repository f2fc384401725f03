"""Scripts 话术: what is said in a call or written in a message, with advice and answers to objections.

    scripts/first_call.md
        <!-- zh -->
        # 第一次催收
        ## 开场 [open]
        > 您好，请问是{debtor_family_name}{title}吗？
        语速适中，先让对方听清你是谁。
        ## 常见异议 [objections]
        ### 正在忙
        > 只占用您两分钟……
        <!-- en -->
        …

A line after `>` is said (or written) as it stands, one after `>?` only where everything in it is
known; any other is advice. A comment at its end names the demands that it serves (engine/requirements.py), in both languages.
The tag of a heading tells what the part is for. The debt may be named only after a part [verify], or in a [text] that goes to
the debtor.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from huikuan.engine.requirements import ids_in_line, without_ids
from huikuan.lib.problems import Problem, did_you_mean
from huikuan.lib.problems import gettext_noop as _

FOLDER = "scripts/"
#: A page shows these by their name, where no task is there yet that could name them: what is said
#: when a complaint comes in.
RECEIVE = "receive"
SHOWN_BY_THE_PROGRAM = frozenset({RECEIVE})
#: What stands in a script where a person fills in what is not known.
BLANK = "____"
#: How a line begins that is told only where everything in it is known.
IF_KNOWN = ">?"
LANGUAGES = ("zh", "en")
#: advice: for the caller alone · open: who calls · verify: identity · relay: to a third person · debt: after the
#: identity check · objections · close · text: the words of a letter or message.
TAGS = ("advice", "open", "verify", "relay", "debt", "objections", "close", "text")


@dataclass(frozen=True)
class Variable:
    """debt: it tells of the debt, so it stands nowhere before the identity check.

    internal: what we wrote for ourselves. It may stand in advice; it is never said or sent.
    """

    zh: str
    en: str
    debt: bool = False
    internal: bool = False


VARIABLES: Mapping[str, Variable] = {
    "debtor_family_name": Variable("债务人姓氏", "family name of the debtor"),
    "debtor_name": Variable("债务人全名", "full name of the debtor"),
    "title": Variable("称呼（先生、女士）", "Mr or Ms"),
    "company": Variable("客户公司名称", "customer's company"),
    "contact_person": Variable("客户方对接人", "contact person at the customer"),
    "agency_name": Variable("本机构名称", "own organisation's name"),
    "outward_name": Variable("对外名称", "own neutral name, for third persons"),
    "on_behalf_of": Variable("委托方名称", "on whose behalf"),
    "sender": Variable(
        "本机构，为委托方办理的同时写明委托方",
        "own organisation, and on whose behalf where that is another",
    ),
    "collector": Variable("经办人姓名", "collector's name"),
    "collector_number": Variable("经办人工号", "collector's number"),
    "callback": Variable("回电号码", "call-back number"),
    "verify_phone": Variable(
        "委托方官方核实电话", "the client's own number, where the caller can be verified"
    ),
    "complaint_phone": Variable("投诉电话", "number for complaints"),
    "next_contact_on": Variable("约定下次联系时间", "agreed next contact"),
    "today": Variable("今日日期", "today"),
    "product": Variable("业务名称", "product", True),
    "account_tail": Variable("账号尾号", "last digits of the account", True),
    "amount": Variable("应还总额", "amount due", True),
    "principal": Variable("其中本金", "principal", True),
    "interest": Variable("其中利息及费用", "interest and fees", True),
    "due_on": Variable("到期日", "due date", True),
    "days_late": Variable("逾期天数", "days late", True),
    "pay_by": Variable("要求付款日", "date by which payment is asked for", True),
    "pay_to": Variable("还款账户", "account to pay to", True),
    "promised_amount": Variable("承诺金额", "promised amount", True),
    "promised_on": Variable("承诺还款日", "promised day", True),
    "paid_amount": Variable("已还金额", "amount paid", True),
    "last_agreed": Variable("上次约定", "what was agreed last time", True),
    "last_summary": Variable(
        "上次沟通内部摘要", "our own note of the last talk", True, internal=True
    ),
    "item_number": Variable("单据号", "invoice number", True),
    "statement_month": Variable("对账月份", "month of the statement", True),
    "statement_amount": Variable("对账单期末余额", "closing balance of the statement", True),
    "invoice_amount": Variable("对账月份应开票金额", "amount invoiced for the month", True),
    "to_invoice": Variable(
        "应开票金额（没有新开票的月份不写）", "amount to be invoiced, where there is one", True
    ),
    "invoice_list": Variable(
        "本月发票明细：单号、金额、付款日，一行一张", "the invoices of the month, one a line", True
    ),
    "confirm_by": Variable(
        "请对方确认对账单的日期", "day by which the statement is to be confirmed", True
    ),
    "receipts_by": Variable(
        "请对方交齐回单的日期", "day by which the receipts are collected", True
    ),
    "items": Variable(
        "所催单据：单号、金额、付款日、逾期天数、合计",
        "the items in one sentence, with their sum",
        True,
    ),
    "item_list": Variable("所催单据明细，一行一笔", "the items, one a line, with their sum", True),
    "statements": Variable("所对账单：月份和期末余额", "the statements in one sentence", True),
    "remark": Variable("告知对方的说明", "what they are told of it", True),
}


@dataclass(frozen=True)
class Line:
    said: bool
    text: str
    line: int
    #: Demands that this sentence serves.
    serves: tuple[str, ...] = ()
    #: It is left out where something in it is not known.
    if_known: bool = False

    def variables(self) -> list[str]:
        """The variables in it, in their order."""
        return _VARIABLE.findall(self.text)


@dataclass(frozen=True)
class Objection:
    """What the other side may say, and the answers."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Part:
    """after_identity: it is shown only once the debtor's identity was confirmed."""

    tag: str
    title: str
    after_identity: bool
    lines: tuple[Line, ...]
    objections: tuple[Objection, ...] = ()

    def all_lines(self) -> Iterator[Line]:
        yield from self.lines
        for objection in self.objections:
            yield from objection.lines


@dataclass(frozen=True)
class Version:
    """The script in one language."""

    language: str
    title: str
    parts: tuple[Part, ...]

    def serves(self) -> dict[str, int]:
        """Demand → line of the first sentence that serves it."""
        found: dict[str, int] = {}
        for part in self.parts:
            for line in part.all_lines():
                for code in line.serves:
                    found.setdefault(code, line.line)
        return found

    def variables(self) -> dict[str, int]:
        """Name → line of its first use."""
        return self._variables(self.parts)

    def needed_of(self, tag: str) -> list[str]:
        """Variables that must be known for the parts with this tag to be told, each once."""
        lines = [line for part in self.parts if part.tag == tag for line in part.all_lines()]
        needed = [name for line in lines if not line.if_known for name in line.variables()]
        return list(dict.fromkeys(needed))

    @staticmethod
    def _variables(parts: Iterable[Part]) -> dict[str, int]:
        found: dict[str, int] = {}
        for part in parts:
            for line in part.all_lines():
                for match in _VARIABLE.finditer(line.text):
                    found.setdefault(match[1], line.line)
        return found


@dataclass(frozen=True)
class Script:
    id: str
    versions: Mapping[str, Version]
    #: Ids of packs/requirements.tsv that it serves as a whole, from comments above the first section.
    as_a_whole: tuple[str, ...] = ()

    @property
    def serves(self) -> tuple[str, ...]:
        """The demands that it serves as a whole, or by a sentence that stands in every language."""
        of_languages = [version.serves() for version in self.versions.values()]
        named = of_languages[0] if of_languages else {}
        in_all = [code for code in named if all(code in found for found in of_languages)]
        return tuple(dict.fromkeys([*self.as_a_whole, *in_all]))

    def variables(self) -> set[str]:
        return {name for version in self.versions.values() for name in version.variables()}

    def render(
        self, values: Mapping[str, str], language: str, blank: Callable[[str], str] | None = None
    ) -> Rendered:
        """The script with its values. What has no value stays as a blank to fill in, by default a line, and is named in
        `missing`; a line that is told only where everything is known is then left out.
        """
        version = self.versions[language]
        missing: list[str] = []

        def value(match: re.Match[str]) -> str:
            text = values.get(match[1], "")
            if text:
                return text
            if match[1] not in missing:
                missing.append(match[1])
            return blank(match[1]) if blank else BLANK

        def in_line(line: Line) -> Line:
            text = line.text
            if line.said:
                # A version that was stored before this was checked says it no more.
                text = _VARIABLE.sub(_without_internal, text)
            return replace(line, text=_VARIABLE.sub(value, text))

        def filled(lines: tuple[Line, ...]) -> tuple[Line, ...]:
            told = [
                line
                for line in lines
                if not line.if_known or all(map(values.get, line.variables()))
            ]
            return tuple(in_line(line) for line in told)

        parts = tuple(
            replace(
                part,
                lines=filled(part.lines),
                objections=tuple(replace(o, lines=filled(o.lines)) for o in part.objections),
            )
            for part in version.parts
        )
        return Rendered(replace(version, parts=parts), tuple(missing))


@dataclass(frozen=True)
class Rendered:
    version: Version
    missing: tuple[str, ...]


_VARIABLE = re.compile(r"\{([^{}]*)\}")
_SECTION = re.compile(r"<!--\s*([\w-]+)\s*-->")
_HEADING = re.compile(r"##\s+(.*?)(?:\s*\[([\w-]*)\])?")


def _without_internal(match: re.Match[str]) -> str:
    """The variable as it is; a blank in its place where it is not for the other side."""
    variable = VARIABLES.get(match[1])
    return BLANK if variable and variable.internal else match[0]


def ids(files: Mapping[str, str]) -> list[str]:
    """Names of the scripts that a pack has."""
    return [
        name[len(FOLDER) : -3] for name in files if name.startswith(FOLDER) and name.endswith(".md")
    ]


def read_scripts(files: Mapping[str, str]) -> tuple[dict[str, Script], list[Problem]]:
    """Every script of a pack (file name → text) by id, and everything that is wrong with them."""
    problems: list[Problem] = []
    read = {}
    for script in ids(files):
        reader = _Reader(f"{FOLDER}{script}.md", problems)
        text = files[reader.file]
        read[script] = Script(script, reader.read(text), tuple(reader.as_a_whole))
    return read, problems


@dataclass
class _Draft:
    """A part while it is read."""

    tag: str
    title: str
    line: int
    lines: list[Line] = field(default_factory=list)
    objections: list[tuple[str, list[Line]]] = field(default_factory=list)


@dataclass
class _Reader:
    file: str
    problems: list[Problem]
    #: The demands named above the first section.
    as_a_whole: list[str] = field(default_factory=list)

    def report(
        self, line: int, column: int, code: str, message: str, remedy: str = "", /, **params: object
    ) -> None:
        self.problems.append(
            Problem(f"script.{code}", message, remedy, params, self.file, line=line, column=column)
        )

    def read(self, text: str) -> dict[str, Version]:
        sections = self._sections(text)
        versions = {
            language: self._version(language, start, lines)
            for language, (start, lines) in sections.items()
        }
        for language in LANGUAGES:
            if language not in versions:
                self.report(
                    1,
                    1,
                    "language",
                    _("the section <!-- {language} --> is missing"),
                    language=language,
                )
        if len(versions) == len(LANGUAGES):
            self._compare(versions["zh"], versions["en"], sections["en"][0])
        return versions

    def _sections(self, text: str) -> dict[str, tuple[int, list[tuple[int, str]]]]:
        found: dict[str, tuple[int, list[tuple[int, str]]]] = {}
        lines: list[tuple[int, str]] = []
        outside = False
        for number, raw in enumerate(text.splitlines(), 1):
            match = _SECTION.fullmatch(raw.strip())
            if match and match[1] in LANGUAGES and match[1] not in found:
                lines = []
                found[match[1]] = (number, lines)
            elif match:
                known = ", ".join(LANGUAGES)
                message = _("<!-- {name} --> begins no section; each language stands once: {known}")
                self.report(number, 1, "section", message, name=match[1], known=known)
            elif not found and ids_in_line(raw) and not without_ids(raw).strip():
                self.as_a_whole += ids_in_line(raw)
            elif raw.strip() and not found and not outside:
                outside = True
                self.report(
                    number,
                    1,
                    "outside",
                    _("this stands before the first section"),
                    _("begin with <!-- zh -->"),
                )
            else:
                lines.append((number, raw.rstrip()))
        return found

    def _version(self, language: str, start: int, lines: list[tuple[int, str]]) -> Version:
        title, drafts = "", list[_Draft]()
        for number, raw in lines:
            text = raw.strip()
            if text.startswith("# "):
                title = text[2:].strip()
            elif text.startswith("### "):
                self._objection(drafts, number, text[4:].strip())
            elif text.startswith("## "):
                drafts.append(self._heading(number, text))
            elif text:
                self._line(drafts, number, raw)
        if not title:
            self.report(
                start,
                1,
                "title",
                _("the section has no title"),
                _("write # and the title after <!-- {language} -->"),
                language=language,
            )
        return Version(language, title, self._parts(start, drafts))

    def _heading(self, number: int, text: str) -> _Draft:
        match = _HEADING.fullmatch(text)
        tag = (match and match[2]) or ""
        near = did_you_mean(tag, TAGS) if tag else None
        if tag not in TAGS:
            remedy = _("did you mean [{near}]?") if near else _("known here: {known}")
            message = (
                _("[{tag}] is not a kind of part")
                if tag
                else _("the heading does not say what kind of part it is")
            )
            column = text.find("[") + 1 or len(text) + 1
            self.report(
                number,
                column,
                "tag",
                message,
                remedy,
                tag=tag,
                near=near,
                known=", ".join(f"[{t}]" for t in TAGS),
            )
        return _Draft(near or tag, match[1] if match else text, number)

    def _objection(self, drafts: list[_Draft], number: int, title: str) -> None:
        if drafts and drafts[-1].tag == "objections":
            drafts[-1].objections.append((title, []))
        else:
            self.report(
                number, 1, "objection", _("an objection (###) stands in a part [objections]")
            )

    def _line(self, drafts: list[_Draft], number: int, written: str) -> None:
        raw = without_ids(written)
        self._check_variables(number, raw)
        if not drafts:
            self.report(
                number,
                1,
                "loose",
                _("this stands in no part"),
                _("write a heading with ## above it"),
            )
            return
        text = raw.strip()
        said = text.startswith(">")
        if said:
            self._check_told(number, raw)
        if_known = text.startswith(IF_KNOWN)
        words = text.removeprefix("- ")
        if said:
            words = text.removeprefix(IF_KNOWN).removeprefix(">").strip()
        line = Line(said, words, number, ids_in_line(written), if_known)
        draft = drafts[-1]
        (draft.objections[-1][1] if draft.objections else draft.lines).append(line)

    def _check_variables(self, number: int, raw: str) -> None:
        for match in _VARIABLE.finditer(raw):
            if match[1] not in VARIABLES:
                near = did_you_mean(match[1], VARIABLES)
                remedy = _("did you mean {{{near}}}?") if near else _("known here: {known}")
                message = _("there is no variable {{{name}}}")
                known = ", ".join(VARIABLES)
                self.report(
                    number,
                    match.start() + 1,
                    "variable",
                    message,
                    remedy,
                    name=match[1],
                    near=near,
                    known=known,
                )
        rest = _VARIABLE.sub("", raw)
        if "{" in rest or "}" in rest:
            column = max(raw.find("{"), raw.find("}")) + 1
            self.report(
                number,
                column,
                "brace",
                _("a brace without its partner"),
                _("a variable is written {{like_this}}"),
            )

    def _check_told(self, number: int, raw: str) -> None:
        """Nothing that we wrote for ourselves is said or sent."""
        for match in _VARIABLE.finditer(raw):
            variable = VARIABLES.get(match[1])
            if variable is None or not variable.internal:
                continue
            message = _("{{{name}}} is internal and would be told to the other side")
            remedy = _("write it into advice, a line without >; to say: {known}")
            known = ", ".join(
                name for name, each in VARIABLES.items() if not each.internal and each.debt
            )
            column = match.start() + 1
            self.report(number, column, "internal", message, remedy, name=match[1], known=known)

    def _parts(self, start: int, drafts: list[_Draft]) -> tuple[Part, ...]:
        parts: list[Part] = []
        verified = False
        for draft in drafts:
            after = verified and draft.tag != "advice"
            objections = tuple(Objection(title, tuple(lines)) for title, lines in draft.objections)
            part = Part(draft.tag, draft.title, after, tuple(draft.lines), objections)
            parts.append(part)
            verified = verified or draft.tag == "verify"
            if not after and draft.tag != "text":
                self._check_silent(part)
        self._check_sender(start, parts)
        return tuple(parts)

    def _check_silent(self, part: Part) -> None:
        """Nothing that is said before the identity check tells of the debt."""
        for line in part.all_lines():
            for match in _VARIABLE.finditer(line.text) if line.said else ():
                if match[1] in VARIABLES and VARIABLES[match[1]].debt:
                    message = _("{{{name}}} tells of the debt before the identity is confirmed")
                    self.report(
                        line.line,
                        1,
                        "debt",
                        message,
                        _("move it into a part after [verify]"),
                        name=match[1],
                    )

    def _check_sender(self, start: int, parts: list[Part]) -> None:
        """Whoever is addressed hears who calls and on whose behalf (CBA ban 1: an agency never appears as the bank)."""
        said = " ".join(line.text for part in parts for line in part.all_lines() if line.said)
        if not said:
            return
        # A third person hears the neutral name of the house, which does not name the trade.
        to_third_persons = any(part.tag == "relay" for part in parts)
        caller = "outward_name" if to_third_persons else "agency_name"
        for name in (caller, "on_behalf_of"):
            says_both = "{sender}" in said and caller == "agency_name"
            if "{" + name + "}" not in said and not says_both:
                message = _(
                    "the script never says {{{name}}}: whoever is addressed must learn who calls and on whose behalf"
                )
                self.report(start, 1, "sender", message, name=name)

    def _compare(self, zh: Version, en: Version, start: int) -> None:
        self._compare_serves(zh, en)
        shapes = [
            [(part.tag, len(part.objections)) for part in version.parts] for version in (zh, en)
        ]
        if shapes[0] != shapes[1]:
            words = [
                " ".join(f"[{tag}]" + (f"×{n}" if n else "") for tag, n in shape)
                for shape in shapes
            ]
            message = _(
                "the languages do not have the same parts: {zh} in Chinese, {en} in English"
            )
            self.report(start, 1, "different", message, zh=words[0], en=words[1])

    def _compare_serves(self, zh: Version, en: Version) -> None:
        """A demand that a sentence serves is served in both languages."""
        for here, there in ((zh, en), (en, zh)):
            missing = {
                code: line for code, line in here.serves().items() if code not in there.serves()
            }
            for code, line in missing.items():
                message = _("{id} stands beside a sentence in one language alone")
                remedy = _("name it beside the same sentence of the other language")
                self.report(line, 1, "serves", message, remedy, id=code)
