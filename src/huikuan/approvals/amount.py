"""The amount that a request of a step speaks of, when it is asked for and when it is used."""

from __future__ import annotations

from collections.abc import Iterable

from huikuan.approvals.stations import chain_of
from huikuan.casebook.fact_value import value_of
from huikuan.casebook.models import Approval, Task
from huikuan.casebook.open_steps import planned_charge
from huikuan.casebook.together import covered_keys
from huikuan.engine.playbook import Step

#: What a request about items shows where its chain compares no amount.
OPEN_OF_ITEM = "item_open"


def total_of(tasks: Iterable[Task], step: Step) -> int | None:
    """What the tasks of this step are about together, as it stands now; None where the amount of
    one of them is not known.
    """
    amounts = [_amount(task, step) for task in tasks]
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None


def covers_today(request: Approval, step: Step) -> bool:
    """Whether those who agreed may decide what their grant would be used for now.

    Between the grant and the act a debt may grow: whoever decides up to 5,000 has granted nothing
    of what is 6,000 by then. A grant of the last station is for any amount.
    """
    if request.case is None:
        return True
    if request.currency and request.currency != request.case.currency:
        return False

    chain = chain_of(request)
    if request.station >= len(chain.by) - 1:
        return True
    tasks = Task.objects.filter(pk__in=covered_keys(request))
    return chain.ends_at(request.station, total_of(tasks, step), request.case.currency)


def _amount(task: Task, step: Step) -> int | None:
    """A step that charges asks for what it charges; another for what its chain compares; one about
    items, whose chain compares nothing, shows what is open on them.
    """
    charged = planned_charge(task)
    if charged is not None:
        return charged

    compared = ""
    if step.chain is not None:
        compared = step.chain.amount
    if not compared and step.per == "item":
        compared = OPEN_OF_ITEM
    if not compared:
        return None

    amount = value_of(compared, step.per, task.subject_id)
    assert amount is None or isinstance(amount, int)  # facts in money are minor units
    return amount
