"""What rooms offer on pages that are not theirs."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from huikuan.casebook.models import Case
from huikuan.web import rooms
from huikuan.web.room import PLACES

register = template.Library()


@register.inclusion_tag("web/case_links.html", takes_context=True)
def case_links(context: template.Context, case: Case, place: str) -> dict[str, Any]:
    """The links of rooms at one place of the page of a case, for this user: `money` or `acts`."""
    user = context["request"].user
    offered = [link for link in rooms.case_links(place) if link.offered_to(user, case)]
    links = [(link, reverse(link.url_name, args=[case.number])) for link in offered]
    return {"links": links, "target": PLACES[place]}
