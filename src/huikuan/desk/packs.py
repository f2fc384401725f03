"""The procedures: which packs there are, what the check says of them, and what each step demands."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from huikuan.casebook.calendar import calendar, provisional_year
from huikuan.casebook.models import PackBinding, PackVersion
from huikuan.desk import clock
from huikuan.people import roles
from huikuan.people.rights import Right
from huikuan.planning import load
from huikuan.planning.approve import NotApproved, approve, may_approve
from huikuan.web.access import require_right
from huikuan.web.asked import user_of


@require_right()
def pack_list(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    rows = []
    known = roles.known_codes()
    for name, folder in load.folders().items():
        checked = load.check(name, folder, known)
        version = (
            PackVersion.objects.filter(pack=name)
            .order_by("-id")
            .defer("content", "compiled")
            .first()
        )
        stored = bool(version and checked.pack and version.hash == checked.pack.hash)
        rows.append(
            {
                "name": name,
                "checked": checked,
                "pack": checked.pack,
                "version": version,
                "stored": stored,
                "unsigned": not (stored and version and version.approved_by)
                and not load.is_shipped(folder),
                "errors": len(checked.problems),
            }
        )
    bindings = PackBinding.objects.filter(creditor__organisation=user.organisation)
    if user.is_client:
        bindings = bindings.filter(creditor_id=user.creditor_id or 0)
    context = {
        "rows": rows,
        "official": sorted(calendar().official_years),
        "provisional": provisional_year(clock.today(request)),
        "bindings": bindings.select_related("creditor").order_by(
            "creditor__name", "product", "-from_on"
        ),
    }
    return render(request, "desk/packs.html", context)


@require_right()
def pack_page(request: HttpRequest, name: str) -> HttpResponse:
    folder = load.folders().get(name)
    if folder is None:
        raise Http404
    checked = load.check(name, folder, roles.known_codes())
    pack = checked.pack
    signed = (
        pack
        and PackVersion.objects.filter(pack=pack.name, hash=pack.hash)
        .exclude(approved_by="")
        .first()
    )
    unsigned = pack is not None and not signed and not load.is_shipped(folder)
    context = {
        "name": name,
        "checked": checked,
        "pack": pack,
        "signed": signed,
        "unsigned": unsigned,
        "may_approve": unsigned and may_approve(request.user),  # type: ignore[arg-type]
        "problems": checked.problems,
        "roles": roles.titles(user_of(request).organisation_id),
    }
    return render(request, "desk/pack.html", context)


@require_right(Right.SIGN_PACKS, methods=("POST",))
def pack_approve(request: HttpRequest, name: str) -> HttpResponse:
    """Signs the pack as it was shown; a second click changes nothing."""
    if name not in load.folders():
        raise Http404
    try:
        approve(name, request.POST.get("hash", ""), actor=request.user, at=clock.now())  # type: ignore[arg-type]
        messages.success(request, _("The pack is approved; the next plan works by it."))
    except NotApproved as error:
        messages.error(request, _(str(error.__doc__)))
    return redirect("pack", name)
