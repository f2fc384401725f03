"""huikuan complaint: everything that the pages of the complaints do, by command."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huikuan.ops import requests
from huikuan.ops.arguments import moment

if TYPE_CHECKING:
    from huikuan.complaints.accept import Point
    from huikuan.complaints.write import Done

HELP = "receive, accept, answer and close complaints"
NEEDS_DATABASE = True
YES_NO = {"yes": True, "no": False}
#: Parts of --point, between bars.
POINT_PARTS = 3


def arguments(parser: argparse.ArgumentParser) -> None:
    """A word for each act; `list` and `show` look."""
    from huikuan.ops.words import gettext as _

    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    listing = acts.add_parser("list", help=_("complaints that you see"))
    listing.add_argument("--all", action="store_true", help=_("also those that are closed"))
    requests.common_arguments(listing)

    receive = acts.add_parser("receive", help=_("a complaint came in"))
    for name, title in (
        ("channel", _("how it came: phone, letter, regulator, client, talk, online")),
        ("who", _("debtor, relative, stranger, agent, other")),
        ("said", _("what was said")),
    ):
        receive.add_argument(f"--{name}", required=True, metavar="TEXT", help=title)
    for name, title in (
        ("name", _("name of the complainant; anonymous if absent")),
        ("reach", _("where they are answered; nobody is told if absent")),
    ):
        receive.add_argument(f"--{name}", default="", metavar="TEXT", help=title)
    receive.add_argument("--at", type=moment, help=_("when it reached the house; now if absent"))
    receive.add_argument("--case", default="", metavar="CASE", help=_("number of the case"))
    receive.add_argument("--creditor", default="", metavar="CODE", help=_("code of the client"))
    receive.add_argument("--about", default="", metavar="USER", help=_("collector complained of"))
    receive.add_argument("--reference", default="", metavar="NUMBER", help=_("of the regulator"))
    receive.add_argument("--key", default="", metavar="KEY", help=_("the same key: one complaint"))
    requests.common_arguments(receive)

    accept = _act(acts, "accept", _("accept it with its points"))
    accept.add_argument(
        "--point",
        action="append",
        default=[],
        metavar="CAUSE|DETAIL|AIM[|DISPUTES]",
        help=_("one point; disputes: case, item:NUMBER or account:NUMBER"),
    )
    own = _act(acts, "own", _("name the owner"))
    own.add_argument("owner", metavar="USER", help=_("somebody without an interest"))
    own.add_argument("--reason", default="", metavar="TEXT", help=_("why"))
    promise = _act(acts, "promise", _("a time of reply was told"))
    promise.add_argument("until", type=moment, help=_("the moment that was told"))
    promise.add_argument("--reason", default="", metavar="TEXT", help=_("why it is later"))
    _way(promise)
    correct = _act(acts, "correct", _("correct case, client or collector; the rest stays"))
    for name, title in (
        ("case", _("number of the case")),
        ("creditor", _("code of the client, where there is no case")),
        ("about", _("collector complained of")),
    ):
        correct.add_argument(f"--{name}", metavar="WORD", help=f"{title}; {_('- for none')}")
    correct.add_argument("--rests", default="", choices=("case",), help=_("what rests of it"))
    correct.add_argument("--owner", default="", metavar="USER", help=_("who takes it over"))
    correct.add_argument("--reason", required=True, metavar="TEXT", help=_("why"))

    departments = _act(acts, "departments", _("tell departments"))
    departments.add_argument("role", nargs="+", metavar="ROLE", help=_("codes of roles"))
    departments.add_argument("--question", required=True, metavar="TEXT", help=_("what is asked"))
    departments.add_argument("--answer-by", type=moment, help=_("else as the procedure says"))
    answered = _act(acts, "department-answer", _("a department answers"))
    answered.add_argument("role", metavar="ROLE", help=_("code of the role"))
    _text(answered)

    for name, title in (
        ("report", _("tell the client that there is a complaint")),
        ("help", _("ask the client for help")),
        ("result", _("tell the client what came of it")),
    ):
        report = _act(acts, name, title)
        report.add_argument("--mail", action="store_true", help=_("a mail leaves now"))
        report.add_argument("--note", default="", metavar="TEXT", help=_("how they were told"))

    propose = _act(acts, "propose", _("propose a plan"))
    propose.add_argument("sort", help=_("explanation, apology, correction, waiver, refund"))
    propose.add_argument("--amount", type=int, default=0, metavar="FEN", help=_("minor units"))
    propose.add_argument("--number", type=int, default=0, metavar="N", help=_("first, second …"))
    _text(propose)
    answer = _act(acts, "answer", _("the complainant answers a proposal"))
    answer.add_argument("agrees", choices=tuple(YES_NO), help=_("whether they agree"))
    _text(answer)
    _way(answer)

    unreasonable = _act(acts, "unreasonable", _("the demand is held to be unreasonable"))
    unreasonable.add_argument("--harms", action="store_true", help=_("it does serious harm"))
    unreasonable.add_argument("--blocks", action="store_true", help=_("it blocks a solution"))
    unreasonable.add_argument("--reason", required=True, metavar="TEXT", help=_("why"))
    second = _act(acts, "second", _("a second person says whether it is unreasonable"))
    second.add_argument("agrees", choices=tuple(YES_NO), help=_("whether it is"))
    second.add_argument("--reason", required=True, metavar="TEXT", help=_("why"))
    explain = _act(acts, "explain", _("the rules were explained"))
    _text(explain)
    _way(explain)

    escalate = _act(acts, "escalate", _("to the next level"))
    escalate.add_argument("level", type=int, help=_("the level that is meant"))
    escalate.add_argument("--reason", required=True, metavar="TEXT", help=_("why"))
    more = _act(acts, "more-time", _("more time by law"))
    more.add_argument("sort", choices=("complex", "special"), help=_("complex or special"))
    more.add_argument("--reason", required=True, metavar="TEXT", help=_("why"))
    extended = _act(acts, "extension-told", _("the complainant was told of the extension"))
    _text(extended)
    _way(extended)

    decide = _act(acts, "decide", _("decide a point"))
    decide.add_argument("point", type=int, help=_("number of the point"))
    decide.add_argument("result", help=_("upheld, partly, unfounded"))
    _text(decide)
    reply = _act(acts, "reply", _("the complainant is told the decision"))
    _text(reply)
    _way(reply)
    close = _act(acts, "close", _("close it with result and lesson"))
    close.add_argument("result", help=_("upheld, partly, unfounded"))
    close.add_argument("--lesson", required=True, metavar="TEXT", help=_("what we learn"))
    _text(close)

    paper = _act(acts, "paper", _("keep a document with it, or say where a recording is"))
    paper.add_argument(
        "--kind",
        default="complaint_paper",
        help=_("complaint_letter, regulator_notice, recording, screenshot, complaint_paper"),
    )
    paper.add_argument("--file", default="", metavar="FILE", help=_("the document"))
    paper.add_argument("--link", default="", metavar="ADDRESS", help=_("where a recording is"))
    paper.add_argument("--note", default="", metavar="TEXT", help=_("what is heard there"))

    dossier = _act(acts, "dossier", _("make the dossier"))
    dossier.add_argument("--language", default="zh-hans", help=_("zh-hans or en"))
    decided = acts.add_parser(
        "approve", help=_("answer for a proposal beyond somebody's authority")
    )
    requests.deciding_arguments(decided)


def _act(acts: Any, name: str, title: str) -> argparse.ArgumentParser:
    """An act on one complaint."""
    from huikuan.ops.words import gettext as _

    parser: argparse.ArgumentParser = acts.add_parser(name, help=title)
    parser.add_argument("complaint", metavar="COMPLAINT", help=_("number of the complaint"))
    requests.common_arguments(parser)
    return parser


def _text(parser: argparse.ArgumentParser) -> None:
    from huikuan.ops.words import gettext as _

    parser.add_argument("--text", required=True, metavar="TEXT", help=_("in words"))


def _way(parser: argparse.ArgumentParser) -> None:
    from huikuan.ops.words import gettext as _

    ways = ("call", "mail", "letter", "visit")
    parser.add_argument("--way", choices=ways, default="call", help=_("by which way"))


def run(args: argparse.Namespace) -> int:
    """0: this call did it; 1: it did not, and why; 2: wrong usage."""
    if args.act == "list":
        return _list(args)
    if args.act == "receive":
        return _receive(args)
    if args.act == "dossier":
        return _dossier(args)
    if args.act == "approve":
        return _approve(args)

    done = _verbs()[args.act](args)
    return _tell(done, args)


def _verbs() -> Mapping[str, Callable[[argparse.Namespace], "Done"]]:
    """Act → what it does, with the arguments that the verb has."""
    from huikuan.complaints import close, legal, own, propose, told, unreasonable
    from huikuan.complaints.accept import accept
    from huikuan.complaints.promise import promise

    return {
        "accept": lambda args: accept(args.complaint, _points(args), **_who(args)),
        "own": lambda args: own.own(args.complaint, args.owner, reason=args.reason, **_who(args)),
        "promise": lambda args: promise(
            args.complaint, until=args.until, way=args.way, reason=args.reason, **_who(args)
        ),
        "correct": _correct,
        "departments": lambda args: told.tell_departments(
            args.complaint,
            args.role,
            question=args.question,
            answer_by=args.answer_by,
            **_who(args),
        ),
        "department-answer": lambda args: told.answer_department(
            args.complaint, role=args.role, text=args.text, **_who(args)
        ),
        "report": _report,
        "help": _report,
        "paper": _paper,
        "result": _report,
        "propose": lambda args: propose.propose(args.complaint, _proposal(args), **_who(args)),
        "answer": lambda args: propose.answer(
            args.complaint,
            agrees=YES_NO[args.agrees],
            text=args.text,
            way=args.way,
            **_who(args),
        ),
        "unreasonable": lambda args: unreasonable.hold_unreasonable(
            args.complaint,
            reason=args.reason,
            harms=args.harms,
            blocks=args.blocks,
            **_who(args),
        ),
        "second": lambda args: unreasonable.second_word(
            args.complaint, agrees=YES_NO[args.agrees], reason=args.reason, **_who(args)
        ),
        "explain": lambda args: unreasonable.explain(
            args.complaint, text=args.text, way=args.way, **_who(args)
        ),
        "escalate": lambda args: own.escalate(
            args.complaint, level=args.level, reason=args.reason, **_who(args)
        ),
        "more-time": lambda args: legal.more_time(
            args.complaint, args.sort, reason=args.reason, **_who(args)
        ),
        "extension-told": lambda args: legal.tell_extension(
            args.complaint, text=args.text, way=args.way, **_who(args)
        ),
        "decide": lambda args: close.decide_point(
            args.complaint, args.point, result=args.result, text=args.text, **_who(args)
        ),
        "reply": lambda args: close.reply(
            args.complaint, text=args.text, way=args.way, **_who(args)
        ),
        "close": lambda args: close.close(
            args.complaint,
            result=args.result,
            text=args.text,
            lesson=args.lesson,
            **_who(args),
        ),
    }


def _who(args: argparse.Namespace) -> dict[str, Any]:
    """Who acts, and when."""
    from django.utils import timezone

    return {"actor": requests.actor_of(args), "at": timezone.now()}


def _report(args: argparse.Namespace) -> "Done":
    from huikuan.complaints import told

    return told.report(args.complaint, args.act, by_mail=args.mail, note=args.note, **_who(args))


def _paper(args: argparse.Namespace) -> "Done":
    """A file, else the address of a recording."""
    from huikuan.complaints import papers
    from huikuan.documents.store import NewDocument

    if not args.file:
        return papers.link(args.complaint, args.link, note=args.note, **_who(args))
    file = Path(args.file)
    new = NewDocument(args.kind, file.name, file.read_bytes())
    return papers.keep(args.complaint, new, **_who(args))


def _correct(args: argparse.Namespace) -> "Done":
    """What is not named stays; "-" means that there is none."""
    from huikuan.complaints.correct import Correction, correct
    from huikuan.complaints.find import find

    who = _who(args)
    complaint = find(args.complaint, who["actor"])
    stands = {"case": "", "creditor": "", "about": ""}
    if complaint is not None:
        stands["case"] = complaint.case.number if complaint.case else ""
        stands["creditor"] = complaint.creditor.code if complaint.creditor else ""
        stands["about"] = complaint.about_user.username if complaint.about_user else ""

    for name in stands:
        named = getattr(args, name)
        if named is not None:
            stands[name] = "" if named == "-" else named
    entry = Correction(**stands, rests=args.rests, owner=args.owner, reason=args.reason)
    return correct(args.complaint, entry, **who)


def _proposal(args: argparse.Namespace) -> Any:
    """The proposal; without a number the next one."""
    from huikuan.casebook.models import ComplaintProposal
    from huikuan.complaints.propose import Proposal

    number = args.number
    if not number:
        number = ComplaintProposal.objects.filter(complaint__number=args.complaint).count() + 1
    return Proposal(number, args.sort, args.text, args.amount)


def _points(args: argparse.Namespace) -> list["Point"]:
    """The points of --point. Items and accounts are named as people see them."""
    from huikuan.complaints.accept import Point
    from huikuan.complaints.find import find

    complaint = find(args.complaint, requests.actor_of(args))
    found = []
    for text in args.point:
        parts = [part.strip() for part in text.split("|")]
        cause, detail, aim = [*parts, "", "", ""][:POINT_PARTS]
        disputes = parts[POINT_PARTS] if len(parts) > POINT_PARTS else ""
        kind, _colon, number = disputes.partition(":")
        key = None
        if number and complaint is not None and complaint.case is not None:
            key = _key(kind, number, complaint.case)
        found.append(Point(cause, detail, aim, kind, key))
    return found


def _key(kind: str, number: str, case: Any) -> int:
    from huikuan.ops.acts import account_named, item_named

    if kind == "account":
        return account_named(number, case).pk
    return item_named(number, case).pk


def _receive(args: argparse.Namespace) -> int:
    """Opens a complaint."""
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from huikuan.complaints.receive import Reception, receive
    from huikuan.ops.acts import tell

    now = timezone.now()
    words = ("channel", "who", "name", "reach", "said", "case", "creditor", "about", "reference")
    given = {name: getattr(args, name) for name in words}
    entry = Reception(**given, received_at=args.at or now, key=args.key)
    received = receive(entry, actor=requests.actor_of(args), at=now)

    number = received.complaint.number if received.complaint else None
    sentence = _("complaint {number} is open").format(number=number)
    return tell(received.problems, {"complaint": number}, sentence, args, done=received.is_new)


def _tell(done: "Done", args: argparse.Namespace) -> int:
    """What was entered. A proposal that waits for an approval is no event, and was still done."""
    from django.utils.translation import gettext as _

    from huikuan.ops.acts import tell

    number = done.complaint.number if done.complaint else None
    kind = done.event.kind if done.event else None
    sentence = _("waits for somebody with the authority")
    if done.event is not None:
        sentence = str(done.event.get_kind_display())
    said: dict[str, object] = {"complaint": number, "event": kind}
    return tell(done.problems, said, sentence, args, done=done.done or not done.problems)


def _dossier(args: argparse.Namespace) -> int:
    """Makes the dossier, or hands it to the worker."""
    from django.utils.translation import gettext as _

    from huikuan.complaints.dossier_make import ask
    from huikuan.ops.acts import tell

    dossier, problems = ask(args.complaint, language=args.language, **_who(args))
    counts = dossier.counts if dossier else {}
    said: dict[str, object] = {"complaint": args.complaint, "counts": counts}
    sentence = _("the dossier is being made")
    if dossier is not None and dossier.made_at is not None:
        sentence = _("the dossier is made: {name}").format(name=dossier.pdf)
    return tell(problems, said, sentence, args, done=not problems)


def _approve(args: argparse.Namespace) -> int:
    """Answers a request."""
    from huikuan.complaints.propose import decide

    decided = decide(args.request, grant=args.grant, reason=args.reason, **_who(args))
    return requests.tell_decided(decided, args)


def _list(args: argparse.Namespace) -> int:
    """One line for each: number, state, owner, the deadline that ends first."""
    import json

    from django.utils import timezone

    from huikuan.complaints.find import visible_complaints
    from huikuan.complaints.shown import rows, state_of
    from huikuan.lib.days import written_end

    found = visible_complaints(requests.actor_of(args)).select_related("summary")
    if not args.all:
        found = found.filter(summary__complaint_closed_on=None)
    for row in rows(found.order_by("received_at", "pk"), timezone.now()):
        due_at = row.clock.clock.due_at if row.clock else None
        if args.json:
            said = {
                "complaint": row.complaint.number,
                "state": state_of(row.complaint.summary),
                "owner": row.owner or None,
                "due_at": due_at and due_at.isoformat(),
            }
            print(json.dumps(said, ensure_ascii=False))
            continue
        due = "-"
        if due_at is not None:
            due = written_end(timezone.localtime(due_at))
        print(f"{row.complaint.number}  {row.state}  {row.owner or '-'}  {due}")
    return 0
