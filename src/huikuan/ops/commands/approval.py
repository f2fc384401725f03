"""huikuan approval: asked for by one and decided by others, in the order of a chain."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from huikuan.ops import requests

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from huikuan.approvals.about import AboutStep
    from huikuan.approvals.shown import Stop
    from huikuan.casebook.models import Approval

HELP = "ask for the approval of a step, decide it, take a grant back, or list what waits"
NEEDS_DATABASE = True


def arguments(parser: argparse.ArgumentParser) -> None:
    """`ask CASE STEP …`, `decide ID …`, `take-back ID …`, `show ID` and `list`."""
    from huikuan.ops.words import gettext as _

    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    ask = acts.add_parser("ask", help=_("ask for the approval of a step"))
    ask.add_argument("case", metavar="CASE", help=_("number of the case"))
    ask.add_argument("step", metavar="STEP", help=_("id of the step, as huikuan tasks names it"))
    ask.add_argument("--reason", required=True, metavar="TEXT", help=_("why"))
    requests.common_arguments(ask)

    decide = acts.add_parser("decide", help=_("grant or refuse a request"))
    requests.deciding_arguments(decide)

    back = acts.add_parser("take-back", help=_("take back a grant that was not used"))
    back.add_argument("request", type=int, metavar="ID", help=_("number of the request"))
    back.add_argument("--reason", required=True, metavar="TEXT", help=_("why"))
    requests.common_arguments(back)

    shown = acts.add_parser("show", help=_("a request and where its chain stands"))
    shown.add_argument("request", type=int, metavar="ID", help=_("number of the request"))
    requests.common_arguments(shown)

    listed = acts.add_parser("list", help=_("what waits for the decision of a user"))
    requests.common_arguments(listed)


def run(args: argparse.Namespace) -> int:
    """0: asked, decided, taken back, shown or listed; 1: it cannot be done, and why."""
    verbs = {
        "ask": _ask,
        "decide": _decide,
        "take-back": _take_back,
        "show": _show,
        "list": _list,
    }
    return verbs[args.act](args)


def _ask(args: argparse.Namespace) -> int:
    """A request for each open task of the step; what is one act is asked for in one."""
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from huikuan.approvals.step import Asked, ask_for
    from huikuan.casebook.models import Task
    from huikuan.casebook.together import covered_keys
    from huikuan.ops.acts import case_named
    from huikuan.ops.cli import CommandError

    actor = requests.actor_of(args)
    case = case_named(args.case, actor)
    tasks = Task.objects.filter(case=case, step__code=args.step, status=Task.Status.OPEN)
    keys = list(tasks.order_by("pk").values_list("pk", flat=True))
    if not keys:
        text = _("the case {case} has no open task of the step '{step}'")
        raise CommandError(text.format(case=case.number, step=args.step))

    at = timezone.now()
    asked: list[Asked] = []
    covered: set[int] = set()
    for key in keys:
        if key in covered:
            continue
        answer = ask_for(key, reason=args.reason, actor=actor, at=at)
        asked.append(answer)
        if answer.approval is not None:
            covered |= set(covered_keys(answer.approval))
    return requests.tell_all_asked(asked, args)


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


def _take_back(args: argparse.Namespace) -> int:
    """Whoever granted it, or somebody above, while nothing was done with it."""
    from django.utils import timezone

    from huikuan.approvals.take_back import take_back

    actor = requests.actor_of(args)
    taken = take_back(args.request, reason=args.reason, actor=actor, at=timezone.now())
    return requests.tell_decided(taken, args)


def _show(args: argparse.Namespace) -> int:
    """One request that concerns the user, or any that the service user sees."""
    from django.utils.translation import gettext as _

    from huikuan.approvals.decide import seen
    from huikuan.casebook.access import visible_cases
    from huikuan.casebook.models import Approval
    from huikuan.ops.cli import CommandError

    actor = requests.actor_of(args)
    requests_seen = seen(actor)
    if not args.user:
        requests_seen = Approval.objects.filter(case__in=visible_cases(actor).values("pk"))
    found = _with_answers(requests_seen).filter(pk=args.request).first()
    if found is None:
        raise CommandError(_("there is no request {number}").format(number=args.request))
    _print([found], args, whole=True)
    return 0


def _list(args: argparse.Namespace) -> int:
    """Requests of every kind that wait for the user's answer, without --as every one of the house
    that waits; the oldest first.
    """
    from huikuan.approvals.decide import waiting, waiting_in_house

    actor = requests.actor_of(args)
    if args.user:
        waits = waiting(actor, requests.today_of(actor))
    else:
        waits = waiting_in_house(actor.organisation)
    _print(list(_with_answers(waits)), args, whole=False)
    return 0


def _with_answers(found: QuerySet[Approval]) -> QuerySet[Approval]:
    """With everything that a line of it reads."""
    from huikuan.approvals.shown import ANSWERS, RELATED

    return found.select_related(*RELATED).prefetch_related(*ANSWERS)


def _print(found: list[Approval], args: argparse.Namespace, *, whole: bool) -> None:
    """A line or an object for each; with `whole`, for people, its stations and the refusal before
    too.
    """
    from huikuan.approvals.about import about_steps

    about = about_steps(found)
    for request in found:
        if args.json:
            print(json.dumps(as_json(request, about.get(request.pk)), ensure_ascii=False))
        else:
            _print_line(request, about.get(request.pk), whole=whole)


def _print_line(request: Approval, about: AboutStep | None, *, whole: bool) -> None:
    """A request for people: number, case, what is asked for, the amount compared, why."""
    from django.utils.translation import gettext as _

    from huikuan.approvals.shown import earlier, stops, what
    from huikuan.ops.shown import money

    parts = [str(request.pk), _number(request) or "—", what(request, about)]
    if request.amount_minor is not None:
        parts.append(money(request.amount_minor, request.currency))
    print("  ".join([*parts, request.reason]))
    if not whole:
        return

    for stop in stops(request):
        print(f"    {line_of(stop)}")
    before = earlier(request)
    if before is not None:
        text = _("refused before by {by}: {reason}; new since: {new}")
        new = ", ".join(before.new) or "—"
        print("    " + text.format(by=before.by, reason=before.reason or "—", new=new))


def line_of(stop: Stop) -> str:
    """A station for people: who, up to which amount, what was said, or until when it waits."""
    from django.utils.translation import gettext as _

    from huikuan.casebook.models import ApprovalAnswer

    parts = [stop.who]
    if stop.limits:
        parts.append(_("up to {amount}").format(amount=stop.limits))
    if stop.state == "waiting":
        parts.append(_("waits here"))
    elif stop.state:
        parts.append(str(ApprovalAnswer.Kind(stop.state).label))
    if stop.answer_by is not None:
        parts.append(_("until {moment}").format(moment=f"{stop.answer_by:%Y-%m-%d %H:%M %Z}"))
    return "  ".join([*parts, stop.by, stop.reason]).rstrip()


def as_json(request: Approval, about: AboutStep | None) -> dict[str, Any]:
    """The keys that docs/cli.md promises. `about`: what its step is about, where not the case."""
    from huikuan.approvals.shown import earlier, what

    of_subject: dict[str, Any] = {"subject": None, "about": None, "open_minor": None}
    if about is not None:
        of_subject["subject"] = about.subject
        of_subject["about"] = about.label
        of_subject["open_minor"] = about.open_minor

    before = earlier(request)
    refused = None
    if before is not None:
        refused = {"by": before.by, "reason": before.reason, "new": list(request.changed)}
    return {
        "request": request.pk,
        "kind": request.kind,
        "status": request.status,
        "what": what(request, about),
        "case": _number(request),
        **of_subject,
        "asked_by": request.act.actor.username,
        "reason": request.reason,
        "asked_at": request.asked_at.isoformat(),
        "amount_minor": request.amount_minor,
        "currency": request.currency,
        "chain": [_station_as_json(place) for place in _places(request)],
        "refused_before": refused,
    }


def _number(request: Approval) -> str | None:
    return request.case.number if request.case else None


def _places(request: Approval) -> list[Any]:
    from huikuan.approvals.stations import places

    return list(places(request))


def _station_as_json(place: Any) -> dict[str, Any]:
    """One station: whose, up to how much, what was answered, whether it waits there."""
    answer = place.answer

    said = None
    if answer is not None:
        said = {
            "kind": answer.kind,
            "by": answer.act.actor.username,
            "at": answer.at.isoformat(),
            "reason": answer.reason,
            "stood_in": answer.stood_in,
        }

    return {
        "role": place.station.role or None,
        "right": place.station.right or None,
        "up_to": [[limit.minor, limit.currency] for limit in place.limits],
        "stand_in": place.station.stand_in or None,
        "waits": place.waits,
        "answer_by": _moment(place.answer_by),
        "answer": said,
    }


def _moment(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment else None
