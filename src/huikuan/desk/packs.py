"""The procedures: which packs there are, what the check says of them, and what each step demands."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from huikuan.casebook.models import PackBinding, PackVersion
from huikuan.people.roles import Role
from huikuan.planning import load
from huikuan.web.access import require_role


@require_role()
def pack_list(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    rows = []
    for name, folder in load.folders().items():
        checked = load.check(name, folder)
        version = PackVersion.objects.filter(pack=name).order_by("-id").defer("content", "compiled").first()
        stored = bool(version and checked.pack and version.hash == checked.pack.hash)
        rows.append(
            {
                "name": name,
                "checked": checked,
                "pack": checked.pack,
                "version": version,
                "stored": stored,
                "errors": len(checked.problems),
            }
        )
    bindings = PackBinding.objects.filter(creditor__organisation=user.organisation)
    if user.role == Role.CLIENT:
        bindings = bindings.filter(creditor_id=user.creditor_id or 0)
    context = {
        "rows": rows,
        "bindings": bindings.select_related("creditor").order_by("creditor__name", "product", "-from_on"),
    }
    return render(request, "desk/packs.html", context)


@require_role()
def pack_page(request: HttpRequest, name: str) -> HttpResponse:
    folder = load.folders().get(name)
    if folder is None:
        raise Http404
    checked = load.check(name, folder)
    context = {
        "name": name,
        "checked": checked,
        "pack": checked.pack,
        "problems": checked.problems,
        "roles": dict(Role.choices),
    }
    return render(request, "desk/pack.html", context)
