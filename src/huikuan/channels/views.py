"""Screens of the channels: their list with what waits, one channel with its files, a new one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.casebook.models import Channel, ChannelFile
from huikuan.channels.access import visible_channels
from huikuan.channels.declare import change, declare, end
from huikuan.channels.fetch import fetch
from huikuan.channels.folder import folder_of, root
from huikuan.channels.forms import ChangeForm, ChannelForm, EndForm
from huikuan.channels.sentences import problem
from huikuan.clocks.shown import of_subjects
from huikuan.intake.forms import label_of, offers_examples
from huikuan.intake.mapping import NoMapping, WrongMapping
from huikuan.intake.mapping import load as mapping_by_name
from huikuan.people.rights import Right
from huikuan.web.access import require_right
from huikuan.web.asked import user_of
from huikuan.web.fragments import attach
from huikuan.web.paging import numbered


@require_right(Right.SEE_IMPORTS)
def channel_list(request: HttpRequest) -> HttpResponse:
    """Every channel and how its last look went; above them the files that wait to be fetched."""
    user = user_of(request)
    waiting = Count("files", filter=Q(files__state__in=ChannelFile.WAITING))
    channels = list(visible_channels(user).annotate(waiting=waiting))
    for channel in channels:
        channel.said = _sentence(channel)  # type: ignore[attr-defined]

    files = ChannelFile.objects.filter(channel__in=channels, state__in=ChannelFile.WAITING)
    context = {
        "channels": channels,
        "files": _shown(files.order_by("first_seen_at", "pk"), timezone.now()),
        "may_fetch": user.may(Right.IMPORT),
        "may_set_up": user.may(Right.SET_UP_HOUSE),
    }
    return render(request, "channels/list.html", context)


@require_right(Right.SEE_IMPORTS)
def channel_page(request: HttpRequest, channel: int) -> HttpResponse:
    """One channel: how it is watched, and the files that came in it, the newest in front."""
    user = user_of(request)
    found = get_object_or_404(visible_channels(user), pk=channel)
    return _page(request, found, EndForm(auto_id="end-%s"))


def _page(request: HttpRequest, found: Channel, form: EndForm) -> HttpResponse:
    """One channel, with the form that ends it as it was filled in."""
    user = user_of(request)
    page = numbered(request, found.files.order_by("-first_seen_at", "-pk"))
    context = {
        "channel": found,
        "place": _place(found),
        "mapping": _mapping_label(found.mapping),
        "said": _sentence(found),
        "page": page,
        "files": _shown(page.object_list, timezone.now()),
        "form": form,
        "may_fetch": user.may(Right.IMPORT),
        "may_set_up": user.may(Right.SET_UP_HOUSE),
    }

    status = 422 if form.errors else 200
    return render(request, "channels/channel.html", context, status=status)


@require_right(Right.SET_UP_HOUSE, methods=("GET", "POST"))
def new_channel(request: HttpRequest) -> HttpResponse:
    """Sets up a channel of a client. `kind`: what it is; the form asks for what it needs."""
    kind = _kind(request)
    form = ChannelForm(request.POST or None, kind=kind, **_setting(request))
    if request.method == "POST" and form.is_valid():
        creditor = form.creditor_made()
        if creditor is None:
            raise Http404
        declared = declare(form.entry(), creditor, actor=user_of(request), at=form.now)
        if declared.channel is not None:
            messages.success(request, _("The channel is watched from the next minute on."))
            return redirect("channels:channel", channel=declared.channel.pk)
        attach(form, declared.problems)

    status = 422 if form.errors else 200
    context = {"form": form, "kind": kind, "kinds": Channel.Kind.choices}
    return render(request, "channels/new.html", context, status=status)


@require_right(Right.SET_UP_HOUSE, methods=("GET", "POST"))
def change_channel(request: HttpRequest, channel: int) -> HttpResponse:
    """Changes how a channel is watched: another password or key, another folder."""
    user = user_of(request)
    found = get_object_or_404(visible_channels(user), pk=channel, ended=None)
    form = ChangeForm(request.POST or None, channel=found, **_setting(request))
    if request.method == "POST" and form.is_valid():
        changed = change(found.pk, form.entry(), actor=user, at=form.now)
        if changed.done:
            messages.success(request, _("The channel is watched so from the next minute on."))
            return redirect("channels:channel", channel=found.pk)
        attach(form, changed.problems)

    status = 422 if form.errors else 200
    context = {"form": form, "channel": found}
    return render(request, "channels/change.html", context, status=status)


def _kind(request: HttpRequest) -> str:
    """The kind that was chosen; a folder where none was."""
    asked = request.POST.get("kind") or request.GET.get("kind") or ""
    return asked if asked in Channel.Kind.values else Channel.Kind.FOLDER


def _setting(request: HttpRequest) -> dict[str, Any]:
    """What the forms offer depends on whose house it is, and on its mappings."""
    user = user_of(request)
    assert user.organisation is not None
    return {
        "user": user,
        "overlay": settings.HUIKUAN.packs,
        "examples": offers_examples(),
        "now": timezone.now(),
        "root": str(root(user.organisation)),
    }


@require_right(Right.SET_UP_HOUSE, methods=("POST",))
def end_channel(request: HttpRequest, channel: int) -> HttpResponse:
    """Ends the watch of a channel, with a reason."""
    user = user_of(request)
    found = get_object_or_404(visible_channels(user), pk=channel)
    form = EndForm(request.POST, auto_id="end-%s")

    if form.is_valid():
        reason = form.cleaned_data["reason"]
        ended = end(found.pk, reason=reason, actor=user, at=timezone.now())
        if ended.done:
            messages.success(request, _("The channel is watched no more."))
            return redirect("channels:list")
        attach(form, ended.problems)

    return _page(request, found, form)


@require_right(Right.IMPORT, methods=("POST",))
def fetch_file(request: HttpRequest, file: int) -> HttpResponse:
    """Fetches a file; then to its batch, where the import goes on."""
    user = user_of(request)
    seen = ChannelFile.objects.filter(channel__in=visible_channels(user), pk=file)
    if not seen.exists():
        raise Http404

    fetched = fetch(file, actor=user, at=timezone.now())
    if fetched.done and fetched.file is not None and fetched.file.placement is not None:
        messages.success(request, _("The file is fetched. Import it now."))
        return redirect("intake:placement", number=fetched.file.placement.number)
    for each in fetched.problems:
        parts = (each.text(_), each.remedy_text(_))
        messages.error(request, _("; ").join(filter(None, parts)))
    return redirect("channels:list")


def _shown(files: Any, now: dt.datetime) -> list[dict[str, Any]]:
    """The files with their batches, the deadline that runs, and what is wrong, in words."""
    listed = list(files.select_related("channel__creditor", "placement"))
    ids = [file.placement_id for file in listed if file.placement_id is not None]
    clocks = of_subjects("placement", ids, now)

    shown = []
    for file in listed:
        running = [each for each in clocks.get(file.placement_id or 0, ()) if not each.clock.met_at]
        clock = next(iter(running), None)
        shown.append(
            {
                "file": file,
                "said": _sentence(file),
                "clock": clock,
                "tone": _TONES[ChannelFile.State(file.state)],
            }
        )
    return shown


def _place(channel: Channel) -> str:
    """The whole path of a folder, the name of a server."""
    if channel.kind == Channel.Kind.FOLDER:
        return str(folder_of(channel))
    return channel.address


def _mapping_label(name: str) -> str:
    """What the mapping is called; its name alone where it is no longer there."""
    try:
        return label_of(mapping_by_name(name, settings.HUIKUAN.packs))
    except (NoMapping, WrongMapping):
        return name


def _sentence(row: Channel | ChannelFile) -> str:
    """What is wrong and what to do about it; empty where nothing is."""
    if not row.error:
        return ""
    found = problem(row.error, **row.error_params)
    return _("; ").join(part for part in (found.text(_), found.remedy_text(_)) if part)


_TONES = {
    ChannelFile.State.UNDER_WAY: "neutral",
    ChannelFile.State.ARRIVED: "info",
    ChannelFile.State.FETCHED: "good",
    ChannelFile.State.KNOWN: "neutral",
    ChannelFile.State.WRONG: "bad",
    ChannelFile.State.GONE: "warn",
    ChannelFile.State.REFUSED: "neutral",
}
