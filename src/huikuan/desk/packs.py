"""The procedures: which packs there are, what the check says of them, and which version is in
force.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from huikuan.casebook import bindings, pack_names, packs
from huikuan.casebook.calendar import calendar, provisional_year
from huikuan.casebook.models import PackActivation, PackBinding, PackVersion
from huikuan.clocks.describe import describe
from huikuan.desk import clock
from huikuan.desk.pack_forms import ActivateForm
from huikuan.engine.playbook import Playbook
from huikuan.people import roles
from huikuan.people.models import User
from huikuan.people.rights import Right
from huikuan.planning import load
from huikuan.planning.activate import activate, history, may_activate, roll_back, take_back
from huikuan.planning.approve import NotApproved, SpecificationFails, approve, may_approve
from huikuan.planning.not_activated import NotActivated
from huikuan.web.access import require_right
from huikuan.web.asked import user_of
from huikuan.web.pack_words import PackWords

#: How the states of an activation look.
TONES = {"in force": "good", "coming": "info"}


@require_right()
def pack_list(request: HttpRequest) -> HttpResponse:
    """Every pack of the installation with its version in force in the house, and which procedures
    the house's creditors follow.
    """
    user = user_of(request)
    in_force = packs.in_force_in(user.organisation, clock.today(request))
    held = {version.pack: version for version in in_force}
    known = roles.known_codes()
    rows = [_row(name, folder, known, held.get(name)) for name, folder in load.folders().items()]

    context = {
        "rows": rows,
        "official": sorted(calendar().official_years),
        "provisional": provisional_year(clock.today(request)),
        "bindings": _bindings(user),
    }
    return render(request, "desk/packs.html", context)


def _row(
    name: str, folder: Path, known: Collection[str], present: PackVersion | None
) -> dict[str, Any]:
    """One pack of the list: what its files say, and what is in force. `known`: codes of roles."""
    checked = load.check(name, folder, known)
    pack = checked.pack
    version = None
    if pack is not None:
        same = PackVersion.objects.filter(pack=name, hash=pack.hash)
        version = same.defer("content", "compiled").first()

    signed = version is not None and version.approved_by != ""
    return {
        "name": name,
        "checked": checked,
        "pack": pack,
        "version": version,
        "stored": version is not None,
        "in_force": present,
        "unsigned": not signed and not load.is_shipped(folder),
        "errors": len(checked.problems),
    }


def _bindings(user: User) -> list[PackBinding]:
    """What the creditors that the user may see are bound to, the newest day first."""
    rows = bindings.believed().filter(creditor__organisation=user.organisation)
    if user.is_client:
        rows = rows.filter(creditor_id=user.creditor_id or 0)
    return list(rows.order_by("creditor__name", "product", "-from_on"))


@require_right()
def pack_page(request: HttpRequest, name: str) -> HttpResponse:
    """The steps or rules as the files say them, and which version was in force when."""
    return render(request, "desk/pack.html", _page(request, name))


def _page(request: HttpRequest, name: str) -> dict[str, Any]:
    """What the page of a pack shows. Raises Http404 for an unknown name."""
    folder = load.folders().get(name)
    if folder is None:
        raise Http404

    user = user_of(request)
    today = clock.today(request)
    known = roles.known_codes()
    checked = load.check(name, folder, known)
    pack = checked.pack
    signed = None
    if pack is not None:
        of_files = PackVersion.objects.filter(pack=name, hash=pack.hash)
        signed = of_files.exclude(approved_by="").defer("content", "compiled").first()

    unsigned = pack is not None and not signed and not load.is_shipped(folder)
    passed_over = load.passed_over(today, user.organisation, known)
    may_decide = may_activate(user)
    titles = roles.titles(user.organisation_id)
    clocks = checked.playbook.clocks if checked.playbook else ()
    context = {
        "name": name,
        "checked": checked,
        "pack": pack,
        "signed": signed,
        "unsigned": unsigned,
        "may_approve": unsigned and may_approve(user),
        "problems": checked.problems,
        "roles": titles,
        "words": _words_of(checked.playbook),
        "clocks": [describe(each, titles) for each in clocks],
        "history": _history(user, name, today),
        "passed_over": [p for p in passed_over if p.params["name"] == name],
        "may_activate": may_decide,
    }
    if may_decide:
        context["form"] = ActivateForm(user=user, pack=name, today=today)
    return context


def _words_of(book: Playbook | None) -> PackWords:
    if book is None:
        return PackWords()
    # The outcomes of a pack that was just read stand among the words of its facts.
    return PackWords(pack_names.of_book(book, {}))


def _history(user: User, name: str, today: dt.date) -> list[dict[str, Any]]:
    """The activations of the user's house, and what came with the program."""
    rows = []
    for said in history(name, today, user.organisation):
        row = said.row
        if user.is_client and row.creditor_id not in (None, user.creditor_id):
            continue

        tone = TONES.get(said.state, "neutral")
        rows.append({"said": said, "row": row, "state": _(said.state), "tone": tone})
    return rows


@require_right(Right.SIGN_PACKS, methods=("POST",))
def pack_approve(request: HttpRequest, name: str) -> HttpResponse:
    """Signs the pack as it was shown, once its specification comes out; a second click changes
    nothing.
    """
    if name not in load.folders():
        raise Http404

    try:
        approve(name, request.POST.get("hash", ""), actor=user_of(request), at=clock.now())
    except SpecificationFails as error:
        context = _page(request, name) | {"failures": error.problems}
        return render(request, "desk/pack.html", context, status=422)
    except NotApproved as error:
        messages.error(request, _(str(error.__doc__)))
    else:
        messages.success(request, _("The pack is approved; the next plan works by it."))
    return redirect("pack", name)


@require_right(Right.SIGN_PACKS, methods=("POST",))
def pack_activate(request: HttpRequest, name: str) -> HttpResponse:
    """Puts an approved version in force from a day, for all or for a part of the cases."""
    user = user_of(request)
    form = ActivateForm(request.POST, user=user, pack=name, today=clock.today(request))
    if not form.is_valid():
        return render(request, "desk/pack.html", _page(request, name) | {"form": form}, status=422)

    try:
        made = activate(
            form.cleaned_data["version"],
            actor=user,
            at=clock.now(),
            scope=form.scope,
            from_on=form.cleaned_data["from_on"],
            reason=form.cleaned_data["reason"],
        )
    except NotActivated as error:
        messages.error(request, error.sentence)
    else:
        text = _("Version {version} is in force from {day}.")
        messages.success(request, text.format(version=made.version.version, day=made.from_on))
    return redirect("pack", name)


@require_right(Right.SIGN_PACKS, methods=("POST",))
def pack_rollback(request: HttpRequest, name: str) -> HttpResponse:
    """Puts the version in force again that held for all cases before the present one."""
    try:
        made = roll_back(name, actor=user_of(request), at=clock.now(), reason=_reason(request))
    except NotActivated as error:
        messages.error(request, error.sentence)
    else:
        text = _("Version {version} is in force from {day}.")
        messages.success(request, text.format(version=made.version.version, day=made.from_on))
    return redirect("pack", name)


@require_right(Right.SIGN_PACKS, methods=("POST",))
def pack_take_back(request: HttpRequest, name: str, activation: int) -> HttpResponse:
    """Withdraws an activation that has not begun."""
    user = user_of(request)
    of_house = PackActivation.objects.filter(organisation=user.organisation, pack=name)
    row = get_object_or_404(of_house, pk=activation)

    try:
        take_back(row, actor=user, at=clock.now(), reason=_reason(request))
    except NotActivated as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("The activation is taken back."))
    return redirect("pack", name)


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "").strip()[:300]
