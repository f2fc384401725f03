"""huikuan approval: the approval of a step, asked for by one and decided by another."""

import argparse
import json

from huikuan.ops import requests

HELP = "ask for the approval of a step, decide it, or list what waits"
NEEDS_DATABASE = True


def arguments(parser: argparse.ArgumentParser) -> None:
    """`ask CASE STEP …`, `decide ID …` and `list`."""
    from huikuan.ops.words import gettext as _

    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    ask = acts.add_parser("ask", help=_("ask for the approval of a step"))
    ask.add_argument("case", metavar="CASE", help=_("number of the case"))
    ask.add_argument("step", metavar="STEP", help=_("id of the step, as huikuan tasks names it"))
    ask.add_argument("--reason", required=True, metavar="TEXT", help=_("why"))
    requests.common_arguments(ask)

    decide = acts.add_parser("decide", help=_("grant or refuse a request"))
    requests.deciding_arguments(decide)

    listed = acts.add_parser("list", help=_("what waits for the decision of a user"))
    requests.common_arguments(listed)


def run(args: argparse.Namespace) -> int:
    """0: asked, decided or listed; 1: it cannot be done, and why."""
    verbs = {"ask": _ask, "decide": _decide, "list": _list}
    return verbs[args.act](args)


def _ask(args: argparse.Namespace) -> int:
    """A request for each open task of the step; of a step about items there may be several."""
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from huikuan.approvals.step import ask_for
    from huikuan.casebook.models import Task
    from huikuan.ops.acts import case_named
    from huikuan.ops.cli import CommandError

    actor = requests.actor_of(args)
    case = case_named(args.case, actor)
    tasks = Task.objects.filter(case=case, step__code=args.step, status=Task.Status.OPEN)
    keys = list(tasks.order_by("pk").values_list("pk", flat=True))
    if not keys:
        text = _("the case {case} has no open task of the step '{step}'")
        raise CommandError(text.format(case=case.number, step=args.step))

    codes = []
    for key in keys:
        asked = ask_for(key, reason=args.reason, actor=actor, at=timezone.now())
        codes.append(requests.tell_asked(asked, args))
    return max(codes)


def _decide(args: argparse.Namespace) -> int:
    """Requests of steps only: what carries money or holds has commands of its own."""
    from django.utils import timezone

    from huikuan.approvals.step import decide

    decided = decide(
        args.request,
        grant=args.grant,
        reason=args.reason,
        actor=requests.actor_of(args),
        at=timezone.now(),
    )
    return requests.tell_decided(decided, args)


def _list(args: argparse.Namespace) -> int:
    """Requests of every kind that the user may decide, the oldest first."""
    from huikuan.approvals.decide import waiting
    from huikuan.approvals.shown import RELATED, what

    for request in waiting(requests.actor_of(args)).select_related(*RELATED):
        number = request.case.number if request.case else None
        if args.json:
            line = {
                "request": request.pk,
                "kind": request.kind,
                "what": what(request),
                "case": number,
                "asked_by": request.act.actor.username,
                "reason": request.reason,
                "asked_at": request.asked_at.isoformat(),
            }
            print(json.dumps(line, ensure_ascii=False))
        else:
            print(f"{request.pk}  {number or '—'}  {what(request)}  {request.reason}")
    return 0
