"""huikuan filter progress | next | save | missing | sent | answered | look: new cases."""

import argparse
from typing import TYPE_CHECKING

from huikuan.ops import requests
from huikuan.ops.acts import tell_row

if TYPE_CHECKING:
    from huikuan.people.models import User

HELP = "filter new cases, see how far they are"
NEEDS_DATABASE = True


def arguments(parser: argparse.ArgumentParser) -> None:
    """What is done with new cases: the names of the acts, each with what it needs."""
    from huikuan.ops.words import gettext as _

    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    requests.common_arguments(acts.add_parser("progress", help=_("how far batches are filtered")))

    following = acts.add_parser("next", help=_("the next new case of USER in a batch"))
    following.add_argument("batch", metavar="BATCH", help=_("number of the batch"))
    requests.common_arguments(following)

    save = acts.add_parser("save", help=_("filter a case: what is not named was read"))
    save.add_argument("case", metavar="CASE", help=_("number of the case"))
    save.add_argument("--class", dest="code", required=True, metavar="CODE", help=_("its class"))
    save.add_argument("--missing", action="append", default=[], metavar="FIELD")
    save.add_argument("--doubtful", action="append", default=[], metavar="FIELD")
    save.add_argument("--ask-nothing", action="store_true", help=_("ask nothing of the client"))
    save.add_argument("--note", default="", metavar="TEXT")
    save.add_argument("--correct", action="store_true", help=_("it takes the place of the first"))
    requests.common_arguments(save)

    requests.common_arguments(acts.add_parser("missing", help=_("what is asked of the clients")))

    sent = acts.add_parser("sent", help=_("a client got the list of what is asked of it"))
    sent.add_argument("creditor", metavar="CODE", help=_("code of the creditor"))
    requests.common_arguments(sent)

    answered = acts.add_parser("answered", help=_("the client has answered: filter it anew"))
    answered.add_argument("filtered", type=int, metavar="ID", help=_("number of the filtering"))
    requests.common_arguments(answered)

    look = acts.add_parser("look", help=_("look at a filtered case of the sample again"))
    look.add_argument("filtered", type=int, metavar="ID", help=_("number of the filtering"))
    answer = look.add_mutually_exclusive_group(required=True)
    answer.add_argument("--agree", action="store_true", help=_("it is as it should be"))
    answer.add_argument("--differ", action="store_true", help=_("it is not; needs --reason"))
    look.add_argument("--reason", default="", metavar="TEXT", help=_("why"))
    requests.common_arguments(look)


def run(args: argparse.Namespace) -> int:
    """0: the list is told, or this call did what it asks for; 1: it did not, and why."""
    acts = {
        "progress": _progress,
        "next": _next,
        "save": _save,
        "missing": _missing,
        "sent": _sent,
        "answered": _answered,
        "look": _look,
    }
    return acts[args.act](args, requests.actor_of(args))


def _progress(args: argparse.Namespace, actor: "User") -> int:
    """Batches and collectors, a line each."""
    from django.utils import timezone

    from huikuan.filtering.queue import progress

    for row in progress(actor, timezone.now()):
        said = {
            "placement": row.placement.number,
            "user": row.user.username,
            "cases": row.total,
            "filtered": row.done,
        }
        tell_row(said, args)
    return 0


def _next(args: argparse.Namespace, actor: "User") -> int:
    """The number of the next case; 1 where none is left."""
    from django.utils.translation import gettext as _

    from huikuan.casebook.access import visible_placements
    from huikuan.filtering.queue import next_case
    from huikuan.ops.cli import CommandError

    placement = visible_placements(actor).filter(number=args.batch).first()
    if placement is None:
        raise CommandError(_("there is no batch '{number}'").format(number=args.batch))
    number = next_case(placement, actor)
    tell_row({"case": number}, args)
    return 0 if number else 1


def _save(args: argparse.Namespace, actor: "User") -> int:
    """Filters the case, or says why not."""
    from django.utils import timezone

    from huikuan.filtering.save import DOUBTFUL, MISSING, READ, FilterEntry, filter_case
    from huikuan.filtering.words import words_of
    from huikuan.ops.acts import case_named, tell

    case = case_named(args.case, actor)
    words = words_of(case.creditor_id, requests.today_of(actor))
    marks: dict[str, str] = {}
    if words is not None:
        marks = {entry.code: READ for entry in words.fields.entries}
    marks |= dict.fromkeys(args.missing, MISSING) | dict.fromkeys(args.doubtful, DOUBTFUL)

    entry = FilterEntry(args.code, marks, not args.ask_nothing, args.note, args.correct)
    filtered = filter_case(case.number, entry, actor=actor, at=timezone.now())
    said: dict[str, object] = {"case": case.number, "filtered": filtered.done}
    return tell(filtered.problems, said, case.number, args, done=filtered.done)


def _missing(args: argparse.Namespace, actor: "User") -> int:
    """What is asked of the clients, a case a line."""
    from huikuan.filtering.queue import missing

    for row in missing(actor).iterator(chunk_size=1000):
        said: dict[str, object] = {
            "creditor": row.case.creditor.code,
            "case": row.case.number,
            "fields": row.asked_fields,
            "on": row.valid_on.isoformat(),
            "id": row.pk,
            "sent": row.sent_act_id is not None,
        }
        tell_row(said, args)
    return 0


def _sent(args: argparse.Namespace, actor: "User") -> int:
    """Writes down that the client got its list."""
    from django.utils import timezone

    from huikuan.filtering.end import sent
    from huikuan.ops.acts import tell
    from huikuan.people.models import Creditor

    of_house = Creditor.objects.filter(organisation=actor.organisation, code=args.creditor)
    creditor = of_house.values_list("pk", flat=True).first() or 0
    changed = sent(creditor, actor=actor, at=timezone.now())
    said: dict[str, object] = {"creditor": args.creditor, "sent": changed.count}
    return tell(changed.problems, said, args.creditor, args, done=changed.done)


def _answered(args: argparse.Namespace, actor: "User") -> int:
    """Writes down that the client has answered."""
    from django.utils import timezone

    from huikuan.filtering.end import answered
    from huikuan.ops.acts import tell

    changed = answered(args.filtered, actor=actor, at=timezone.now())
    said: dict[str, object] = {"filtered": args.filtered, "answered": changed.done}
    return tell(changed.problems, said, str(args.filtered), args, done=changed.done)


def _look(args: argparse.Namespace, actor: "User") -> int:
    """Writes the second look down, or says why not."""
    from django.utils import timezone

    from huikuan.filtering.look import look_again
    from huikuan.ops.acts import tell

    looked = look_again(
        args.filtered, agrees=args.agree, reason=args.reason, actor=actor, at=timezone.now()
    )
    said: dict[str, object] = {"filtered": args.filtered, "looked": looked.done}
    return tell(looked.problems, said, str(args.filtered), args, done=looked.done)
