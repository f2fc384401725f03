"""huikuan batch name | refuse | give-up | seen | call-on: a batch, and who has seen its cases."""

import argparse
import json

from huikuan.ops import requests

HELP = "name who handles a batch; refuse one; who has seen new cases"
NEEDS_DATABASE = True


def arguments(parser: argparse.ArgumentParser) -> None:
    """`name NUMBER USER --reason …`, `refuse`, `give-up NUMBER ROWS`, `seen`, `call-on NOTICE`."""
    from huikuan.ops.words import gettext as _

    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    name = acts.add_parser("name", help=_("name who handles a batch in a special case"))
    name.add_argument("number", metavar="BATCH", help=_("number of the batch"))
    name.add_argument("handler", metavar="USER", help=_("user who handles it"))
    name.add_argument("--reason", required=True, metavar="TEXT", help=_("what is special"))
    requests.common_arguments(name)

    refuse = acts.add_parser("refuse", help=_("refuse a batch: nothing of it enters the book"))
    refuse.add_argument("number", metavar="BATCH", help=_("number of the batch"))
    refuse.add_argument("--reason", required=True, metavar="TEXT", help=_("why"))
    requests.common_arguments(refuse)

    given_up = acts.add_parser("give-up", help=_("wait for rows of a batch no more"))
    given_up.add_argument("number", metavar="BATCH", help=_("number of the batch"))
    given_up.add_argument("rows", metavar="ROWS", help=_("such as 17,20-22"))
    given_up.add_argument("--reason", required=True, metavar="TEXT", help=_("why"))
    requests.common_arguments(given_up)

    seen = acts.add_parser("seen", help=_("which collectors have seen their new cases"))
    requests.common_arguments(seen)

    call = acts.add_parser("call-on", help=_("ask a collector to look at the new cases"))
    call.add_argument("notice", type=int, metavar="NOTICE", help=_("number of the notice"))
    requests.common_arguments(call)


def run(args: argparse.Namespace) -> int:
    """0: the list is told, or this call did what it asks for; 1: it did not, and why."""
    if args.act == "name":
        return _name(args)
    if args.act == "refuse":
        return _refuse(args)
    if args.act == "give-up":
        return _give_up(args)
    if args.act == "seen":
        return _seen(args)
    return _call_on(args)


def _name(args: argparse.Namespace) -> int:
    """Names the person, or says why not."""
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from huikuan.intake.name import name_handler
    from huikuan.ops.acts import tell
    from huikuan.people.models import User

    actor = requests.actor_of(args)
    of_house = User.objects.filter(organisation_id=actor.organisation_id)
    user = of_house.filter(username=args.handler).first()
    named = name_handler(args.number, user, reason=args.reason, actor=actor, at=timezone.now())

    said: dict[str, object] = {"placement": args.number, "named": named.done}
    sentence = _("{who} handles this batch and was told.").format(who=user)
    return tell(named.problems, said, sentence, args, done=named.done)


def _refuse(args: argparse.Namespace) -> int:
    """Refuses the batch, or says why not."""
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from huikuan.casebook.access import visible_placements
    from huikuan.intake.receive import refuse
    from huikuan.intake.sentences import problem
    from huikuan.ops.acts import tell
    from huikuan.ops.cli import CommandError
    from huikuan.people.rights import Right

    actor = requests.actor_of(args)
    if not actor.may(Right.IMPORT):
        raise CommandError(_("your role does not import files"))

    batch = visible_placements(actor).filter(number=args.number).first()
    problems = []
    done = False
    if batch is None:
        problems.append(problem("batch.unknown"))
    else:
        done = refuse(batch, actor, at=timezone.now(), reason=args.reason)
    if batch is not None and not done:
        problems.append(problem("batch.over", {"number": args.number}))

    said: dict[str, object] = {"placement": args.number, "refused": done}
    sentence = _("{number} was refused.").format(number=args.number)
    return tell(problems, said, sentence, args, done=done)


def _give_up(args: argparse.Namespace) -> int:
    """Gives up rows of the batch, or says why not."""
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from huikuan.intake.forms import row_numbers
    from huikuan.intake.waiting_rows import give_up
    from huikuan.ops.acts import tell
    from huikuan.ops.cli import CommandError

    rows = row_numbers(args.rows)
    if rows is None:
        raise CommandError(_("Write numbers of rows, such as 17, 20-22."))
    actor = requests.actor_of(args)
    given_up = give_up(args.number, rows, reason=args.reason, actor=actor, at=timezone.now())

    said: dict[str, object] = {"placement": args.number, "given_up": given_up.rows}
    sentence = _("Rows that are waited for no more: {count}.").format(count=given_up.rows)
    return tell(given_up.problems, said, sentence, args, done=given_up.done)


def _seen(args: argparse.Namespace) -> int:
    """Collectors with their notices of late, a line each; the unseen in front."""
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from huikuan.allocation.seen import told

    for notice in told(requests.actor_of(args), timezone.now()):
        row = {
            "notice": notice.pk,
            "user": notice.user.username,
            "cases": notice.params.get("cases"),
            "on": notice.params.get("on"),
            "told_at": notice.at.isoformat(),
            "seen_at": notice.read_at and notice.read_at.isoformat(),
        }
        if args.json:
            print(json.dumps(row, ensure_ascii=False))
            continue

        state = row["seen_at"] or _("not seen yet")
        print(f"{row['notice']}  {row['user']}  {row['on']}  {row['cases']}  {state}")
    return 0


def _call_on(args: argparse.Namespace) -> int:
    """Calls on the collector, or says why not."""
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from huikuan.allocation.seen import call_on
    from huikuan.ops.acts import tell

    called = call_on(args.notice, actor=requests.actor_of(args), at=timezone.now())
    said: dict[str, object] = {"notice": args.notice, "called_on": called.done}
    sentence = _("The collector has a notice.")
    return tell(called.problems, said, sentence, args, done=called.done)
