"""Commands that act on a case in somebody's name: what they share.

The verbs of the rooms decide what may be done; here stands only how a command names a case and
what is in it, and how it says what came of the act.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from huikuan.casebook.models import Account, Case, Item
    from huikuan.lib.problems import Problem
    from huikuan.people.models import User


def case_named(number: str, actor: User) -> Case:
    """The case of this number, if the actor sees it. Raises CommandError."""
    from django.utils.translation import gettext as _

    from huikuan.casebook.access import visible_cases
    from huikuan.ops.cli import CommandError

    seen = visible_cases(actor).select_related("person", "organisation")
    case = seen.filter(number=number).first()
    if case is None:
        raise CommandError(_("there is no case '{number}'").format(number=number))
    return case


def item_named(number: str, case: Case) -> Item:
    """The one item of the case that has this number. Raises CommandError."""
    from django.utils.translation import gettext as _

    from huikuan.ops.cli import CommandError

    items = list(case.items.filter(number=number)[:2])
    if len(items) == 1:
        return items[0]
    text = _("case {case} has {count} items with the number '{number}'; one is needed")
    raise CommandError(text.format(case=case.number, count=len(items), number=number))


def account_named(number: str, case: Case) -> Account:
    """The one account of the case that is shown under this number. Raises CommandError."""
    from django.utils.translation import gettext as _

    from huikuan.ops.cli import CommandError

    accounts = list(case.accounts.filter(number_shown=number)[:2])
    if len(accounts) == 1:
        return accounts[0]
    text = _("case {case} has {count} accounts shown as '{number}'; one is needed")
    raise CommandError(text.format(case=case.number, count=len(accounts), number=number))


def tell(
    problems: Sequence[Problem],
    said: dict[str, object],
    sentence: str,
    args: argparse.Namespace,
    *,
    done: bool,
) -> int:
    """One JSON object, or the problems and, when it was done, the sentence. 0: this call did it."""
    from django.utils.translation import gettext as _

    if args.json:
        told = [problem.as_dict(_) for problem in problems]
        print(json.dumps(said | {"problems": told}, ensure_ascii=False))
    else:
        tell_problems(problems)
        if done:
            print(sentence)
    return 0 if done else 1


def tell_row(said: dict[str, object], args: argparse.Namespace) -> None:
    """One row of a list: a JSON object, or its values in a line."""
    if args.json:
        print(json.dumps(said, ensure_ascii=False))
    else:
        print("  ".join(str(value) for value in said.values()))


def tell_problems(problems: Sequence[Problem]) -> None:
    """Each problem with its remedy on a line, before it the field that it is about."""
    from django.utils.translation import gettext as _

    for problem in problems:
        parts = [problem.text(_), problem.remedy_text(_)]
        sentence = "; ".join(part for part in parts if part)
        if problem.column:
            sentence = f"{problem.column}: {sentence}"
        print(sentence)
