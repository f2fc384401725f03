"""Where a request stands, for templates of any room: `{% load huikuan_approvals %}`."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

from huikuan.approvals import shown, take_back
from huikuan.casebook.models import Approval
from huikuan.engine.chain import Chain
from huikuan.people import roles
from huikuan.people.models import User

register = template.Library()


@register.filter
def stops(approval: Approval) -> tuple[shown.Stop, ...]:
    """The stations of its chain; empty where one person answers and there is no time for it."""
    return shown.stops(approval)


@register.filter
def who_approves(chain: Chain, titles: roles.Titles) -> str:
    """Who must agree to a step, in order: the titles of the house's roles, with their limits."""
    return shown.who_approves(chain, titles)


@register.filter
def earlier(approval: Approval) -> shown.Earlier | None:
    """The refusal that it follows, if any."""
    return shown.earlier(approval)


@register.simple_tag
def requests_of(
    requests: Mapping[tuple[str, int], list[Approval]], step: str, subject_id: int
) -> list[Approval]:
    """The requests of a step about one subject, from approvals.step.requests_of_steps."""
    return requests.get((step, subject_id), [])


@register.filter
def may_be_taken_back_by(approval: Approval, user: User) -> bool:
    """Whether it is a grant that was not used, and this user's to take back."""
    return take_back.is_unused(approval) and take_back.may_take_back(approval, user)
