"""The tour 新手引导: a walk over real pages for somebody who has just begun. Its steps are data; desk/tour.js shows them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from huikuan.casebook.access import visible_cases
from huikuan.desk import clock
from huikuan.desk.points import first_call, points
from huikuan.people.rights import Right
from huikuan.planning.next_case import next_case
from huikuan.planning.worklist import Filters
from huikuan.web.access import require_right

#: Name in the session: set by the first sign-in of a collector, taken by the page that offers the tour.
OFFER = "offer_tour"


def steps(call_href: str) -> list[dict[str, str]]:
    """Each step: the page it is on (a pattern of the path, and where to go to reach it), its anchor, title and text."""
    day = {"path": r"^/work/$", "href": reverse("worklist")}
    case = {"path": r"^/cases/[^/]+/$", "href": reverse("next_case")}
    call = {"path": r"^/calls/", "href": call_href}
    end = {"path": r"^/work/end/$", "href": reverse("day_end")}
    return [
        day | {
            "anchor": ".hk-stats", "title": _("Your day in figures"),
            "text": _(
                "What is to be done, what you did today, what is past its deadline. Targets show how far "
                "the day has come."
            ),
        },
        day | {
            "anchor": ".hk-tabs", "title": _("Saved queues"),
            "text": _(
                "Promises first, then deadlines, then value: work from the top. The tabs narrow the list; "
                "keys 1 to 7."
            ),
        },
        day | {
            "anchor": "#list", "title": _("One line, one act"),
            "text": _(
                "Each line says whom to address, through which channel, by when and why. j and k move, "
                "Enter opens, c calls."
            ),
        },
        case | {
            "anchor": ".hk-head", "title": _("The case"),
            "text": _("Who it is, masked; holds and promise at a glance. Everything you may need lies on this page."),
        },
        case | {
            "anchor": "#case-next", "title": _("What comes next"),
            "text": _(
                "The procedure says what is due for this case and why. “Why and why not” (y) shows every "
                "step with its facts."
            ),
        },
        case | {
            "anchor": "#points", "title": _("May I call?"),
            "text": _(
                "Green numbers may be used now. Where a rule refuses, it is named, with the time from "
                "which it allows the contact."
            ),
        },
        case | {
            "anchor": "#events", "title": _("What happened before"),
            "text": _("Read the last talk before you call. Notes are short and objective; your own view is kept apart."),
        },
        call | {
            "anchor": "#call-start", "title": _("The call"),
            "text": _(
                "d dials and shows the number. Say who answers with 1 to 7; v once name and birth date were both "
                "stated right. Only then does the page show what concerns the debt."
            ),
        },
        call | {
            "anchor": "#call-form", "title": _("What came of it"),
            "text": _(
                "Choose the outcome by its letter: the fields it needs follow, Enter goes from one to the next. 9 takes "
                "the suggested note over, Ctrl+Enter saves, u takes back within ten seconds."
            ),
        },
        day | {
            "anchor": ".hk-actions", "title": _("The next case"),
            "text": _(
                "After saving, n brings the next case of your list, wherever you are. You never have to go "
                "back to the list."
            ),
        },
        end | {
            "anchor": "#content", "title": _("The end of the day"),
            "text": _(
                "What was done, what is left and why, what comes tomorrow. Write a word for cases that "
                "leave you. That is all: good calls!"
            ),
        },
    ]  # fmt: skip


@require_right()
def tour(request: HttpRequest) -> HttpResponse:
    """The steps to read, and the button that starts the walk; as data for the script that asks for JSON."""
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"steps": steps(_call_href(request)), "words": _words()})
    return render(request, "desk/tour.html", {"steps": steps("")})


def _call_href(request: HttpRequest) -> str:
    """The call page of the first case of the user's list that may be called now; the list when there is none."""
    user: Any = request.user
    number = next_case(user, clock.today(request), Filters(), "", at=clock.now())
    case = visible_cases(user).filter(number=number).first() if number else None
    point = first_call(points(case, user, clock.now())) if case else None
    return (
        reverse("calls:call", args=[case.number, point.pk])
        if case and point
        else reverse("worklist")
    )


def _words() -> dict[str, str]:
    return {
        "next": _("Next"), "back": pgettext("tour", "Back"), "leave": _("Leave the tour"), "end": _("Finish"),
        "go": _("Go there"), "step": _("Step {n} of {all}"), "title": _("Tour"),
    }  # fmt: skip


def offered(request: HttpRequest) -> bool:
    """Whether this page should offer the tour: once, after a collector's first sign-in."""
    return OFFER in request.session and bool(request.session.pop(OFFER))


def offer_if_new(request: HttpRequest, user: Any, signed_in_before: bool) -> None:
    """Remembers to offer it when a collector signs in for the first time."""
    if user.may(Right.HOLD_CASES) and not signed_in_before:
        request.session[OFFER] = True
