"""Filters and components of the screens. `{% load huikuan_web %}`; each tag's parameters are its arguments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache, wraps
from typing import Any

from django import template
from django.core.paginator import Page
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huikuan.lib import days, masks, names
from huikuan.lib.money import format_minor, to_decimal
from huikuan.lib.problems import Problem
from huikuan.web import access, assets
from huikuan.web import navigation as side_bar

register = template.Library()
NONE = "—"
#: Set by web/scheme.js; holds no more than the one word.
SCHEME_COOKIE = "hk_scheme"
#: Tones of badges, cards and marks; the style sheet gives each its colours.
TONES = frozenset({"neutral", "info", "good", "warn", "bad", "accent", "teal"})


# --- filters: values as people read them


def value_filter(show: Callable[..., str]) -> Callable[..., str]:
    """Register a filter that gives — for None, and for the empty text that stands for a name the context lacks."""

    @wraps(show)
    def shown(value: object, *more: Any) -> str:
        return NONE if value is None or value == "" else show(value, *more)

    register.filter(show.__name__, shown)
    return shown


@value_filter
def money(minor: int, currency: str = "CNY") -> str:
    """Minor units with symbol, thousands and all decimals: ¥12,908.00."""
    return format_minor(int(minor), currency, get_language() or "zh-hans")


@value_filter
def amount(minor: int, currency: str = "CNY") -> str:
    """Like `money` without the symbol, for a column whose head names the currency."""
    return f"{to_decimal(int(minor), currency):,f}"


@value_filter
def count(number: int) -> str:
    """A whole number with thousands: 12,908."""
    return f"{number:,}"


@value_filter
def percent(share: Decimal | float | int, places: int = 0) -> str:
    """A share of 1 as per cent: 0.41 is 41%."""
    return f"{share:.{int(places)}%}"


@value_filter
def day(value: dt.date) -> str:
    """2026-11-23. A moment is taken in local time."""
    return f"{_local(value):%Y-%m-%d}"


@value_filter
def short_day(value: dt.date) -> str:
    """11-23, for lists of one year."""
    return f"{_local(value):%m-%d}"


@value_filter
def clock(value: dt.datetime | dt.time) -> str:
    """14:30 in local time."""
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    return f"{_local(value):%H:%M}"


@value_filter
def moment(value: dt.datetime) -> str:
    """2026-11-23 14:30 in local time."""
    return f"{_local(value):%Y-%m-%d %H:%M}"


@value_filter
def ends_at(value: dt.datetime) -> str:
    """The end of a deadline: 2026-12-01 24:00 is the end of a whole day, not the next day."""
    return days.written_end(timezone.localtime(value))


def _local(value: dt.date) -> dt.date:
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


@value_filter
def mask_name(name: str) -> str:
    """王**; companies stay readable."""
    return names.mask_name(name)


@value_filter
def mask_id(number: str) -> str:
    """3101**********1234."""
    return masks.identity(number)


@value_filter
def mask_phone(number: str) -> str:
    """138****5678."""
    return masks.phone(number)


@value_filter
def mask_tail(number: str) -> str:
    """A card or account of which only the end is known or shown: ****5678."""
    return masks.tail(number)


@register.filter
def dash(value: Any) -> Any:
    """— for nothing; zero is something."""
    return NONE if value is None or value == "" else value


@register.filter
def problem_text(problem: Problem) -> str:
    """What is wrong, in the reader's language."""
    return problem.text(_)


@register.filter
def remedy_text(problem: Problem) -> str:
    """What to do about it, in the reader's language."""
    return problem.remedy_text(_)


@register.filter
def html_lang(code: str) -> str:
    """zh-hans as the lang attribute wants it: zh-Hans."""
    first, *rest = code.split("-")
    return "-".join([first, *(part.title() if len(part) == 4 else part.upper() for part in rest)])


# --- files and marks


@register.simple_tag
@cache
def asset(path: str) -> str:
    """Address of a static file that changes when the file changes, so that browsers may keep it."""
    return assets.address(path)


@register.simple_tag
@cache
def module(path: str) -> SafeString:
    """A script that imports others of its folder; the browser is told of all of them at once."""
    preloads = format_html_join(
        "\n",
        '<link rel="modulepreload" href="{}">',
        [(assets.address(one),) for one in assets.modules(path)[1:]],
    )
    return format_html(
        '{}\n<script type="module" src="{}"></script>', preloads, assets.address(path)
    )


@register.simple_tag
@cache
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite; decoration unless it has a label."""
    address = assets.address("web/vendor/icons.svg")
    if label:
        return format_html(
            '<svg class="hk-icon" role="img" aria-label="{}"><use href="{}#{}"></use></svg>',
            label,
            address,
            name,
        )
    return format_html(
        '<svg class="hk-icon" aria-hidden="true"><use href="{}#{}"></use></svg>', address, name
    )


@register.simple_tag
def badge(text: object, tone: str = "neutral", title: str = "") -> SafeString:
    """A small coloured word. `tone`: neutral, info, good, warn, bad, accent, teal."""
    shown = tone if tone in TONES else "neutral"
    if title:
        return format_html('<span class="hk-badge hk-{}" title="{}">{}</span>', shown, title, text)
    return format_html('<span class="hk-badge hk-{}">{}</span>', shown, text)


@register.simple_tag
def deadline(row: Any, title: object = "") -> SafeString:
    """How a deadline stands (a row of clocks/shown.py) and until when it runs; of one that is over
    when it was met, and beside it when it ended. `title`: where its name does not stand nearby.
    """
    name = format_html("{} ", title) if title else ""
    state = badge(row.state, row.tone)
    end = ends_at(row.clock.due_at)
    if row.clock.met_at is None:
        times = _("until {end}").format(end=end)
    else:
        done = moment(row.clock.met_at)
        times = _("done {done} · deadline {end}").format(done=done, end=end)
    return format_html("{}{} {}", name, state, times)


@register.simple_tag
def bar(value: int | float | Decimal, total: int | float | Decimal, label: str = "") -> SafeString:
    """A filled bar, for shares in tables."""
    return format_html(
        '<progress class="hk-bar" value="{}" max="{}" aria-label="{}"></progress>',
        value,
        total or 1,
        label or _("share"),
    )


@register.simple_tag
def key(name: str) -> SafeString:
    """The picture of a key."""
    return format_html("<kbd>{}</kbd>", name)


# --- components


@register.inclusion_tag("web/stat.html")
def stat(
    label: str, value: object, note: object = "", tone: str = "", href: str = ""
) -> dict[str, Any]:
    """A card with one figure. `tone` bad or warn only colours what is there: a zero alarms nobody."""
    alarm = tone if str(value) not in ("0", NONE) or tone not in ("bad", "warn") else ""
    return {"label": label, "value": value, "note": note, "tone": alarm, "href": href}


@register.inclusion_tag("web/empty.html")
def empty_state(
    title: str, text: str = "", icon: str = "inbox", href: str = "", action: str = "", key: str = ""
) -> dict[str, Any]:
    """What stands where a list would: what this is and what to do next."""
    return {"title": title, "text": text, "icon": icon, "href": href, "action": action, "key": key}


@register.inclusion_tag("web/problems.html")
def problem_list(
    problems: Sequence[Problem],
    total: int | None = None,
    download: str = "",
    title: str = "",
    limit: int = 200,
) -> dict[str, Any]:
    """Every problem: place, what is wrong, what to do. `total` when the list is only a part; `download`: an address."""
    shown = list(problems[:limit])
    return {
        "problems": shown,
        "total": len(problems) if total is None else total,
        "errors": sum(problem.severity == "error" for problem in problems),
        "download": download,
        "title": title,
        "with_value": any(problem.value for problem in shown),
    }


@register.inclusion_tag("web/steps.html")
def steps(items: Iterable[Any], label: str = "") -> dict[str, Any]:
    """Steps in order. Each: `label`, `state` (done, now, next, skipped, refused), and if wanted `note`, `href`."""
    return {"items": items, "label": label}


@register.inclusion_tag("web/timeline.html")
def timeline(events: Iterable[Any], empty: str = "") -> dict[str, Any]:
    """What happened, as ordered. Each: `at`, `title`, and if wanted `text`, `icon`, `tone`, `actor`, `badge`."""
    return {"events": events, "empty": empty}


@register.inclusion_tag("web/definitions.html")
def definitions(
    items: Mapping[Any, Any] | Iterable[Sequence[Any]], columns: int = 1
) -> dict[str, Any]:
    """Label and value in pairs; `columns` 1 to 3. Values may be safe HTML; a date is shown as `day` shows it."""
    given = items.items() if isinstance(items, Mapping) else items
    pairs = [(label, day(value) if isinstance(value, dt.date) else value) for label, value in given]
    return {"pairs": pairs, "columns": columns}


@register.inclusion_tag("web/progress.html")
def progress(
    url: str, value: int = 0, total: int = 0, label: str = "", done: bool = False, seconds: int = 1
) -> dict[str, Any]:
    """A bar that asks `url` for itself every second until the answer comes with done=True."""
    return {
        "url": url,
        "value": value,
        "total": total,
        "label": label,
        "done": done,
        "seconds": seconds,
    }


@register.inclusion_tag("web/confirm_button.html", takes_context=True)
def confirm_button(
    context: template.Context,
    label: str,
    url: str,
    question: str,
    tone: str = "primary",
    key: str = "",
    icon: str = "",
    name: str = "",
    value: str = "",
) -> dict[str, Any]:
    """A POST that asks first. `tone`: primary, danger or "" (plain button); `name`/`value`: a field to send along."""
    return {
        "label": label,
        "url": url,
        "question": question,
        "tone": tone,
        "key": key,
        "icon": icon,
        "name": name,
        "value": value,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("web/back.html")
def back_link(
    url: str, label: str, key: str = "b", hint: str = "", icon: str = "arrow-back-up"
) -> dict[str, Any]:
    """The button that leads to the page above. `hint`: what the list of keys calls it, if not `label`."""
    return {"url": url, "label": label, "key": key, "hint": hint, "icon": icon}


@register.inclusion_tag("web/refusal.html")
def refusal(
    title: str,
    reasons: Iterable[object],
    who: str = "",
    rules: Iterable[Any] = (),
    earliest: dt.datetime | None = None,
    tone: str = "bad",
    company: bool = False,
) -> dict[str, Any]:
    """The compliance card: what may not be done (tone "good": may), the facts, the rules, and when it will be allowed.

    A rule has `code` and, if wanted, `clause`.
    """
    return {
        "title": title,
        "reasons": reasons,
        "who": who,
        "rules": rules,
        "earliest": earliest,
        "tone": tone,
        "company": company,
    }


@register.inclusion_tag("web/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Any) -> dict[str, Any]:
    """Under a list: `huikuan.web.paging.numbered` or `keyset`. Keeps the filters of the address."""
    by_number = isinstance(page, Page)
    pages = (
        list(page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1))
        if by_number
        else []
    )
    return {"page": page, "by_number": by_number, "pages": pages, "request": context.get("request")}


@register.inclusion_tag("web/sort_head.html", takes_context=True)
def sort_head(
    context: template.Context, label: str, name: str, numeric: bool = False
) -> dict[str, Any]:
    """A column head that sorts by `?sort=name`, and the other way round at the second click (`?sort=-name`)."""
    request = context.get("request")
    sort = request.GET.get("sort", "") if request else ""
    state = {name: "ascending", f"-{name}": "descending"}.get(sort, "none")
    following = f"-{name}" if state == "ascending" else name
    return {
        "label": label,
        "state": state,
        "following": following,
        "numeric": numeric,
        "request": request,
    }


# --- the frame of the page


@register.simple_tag(takes_context=True)
def side_entries(context: template.Context) -> list[dict[str, Any]]:
    """The side bar of this user: groups with their entries, the current one marked, numbers where an entry has one."""
    request = context.get("request")
    entries = side_bar.entries_for(getattr(request, "user", None))
    here = side_bar.current_entry(entries, request.path) if request and entries else None
    numbers = side_bar.numbers(entries, request.user) if request and entries else {}
    groups: list[dict[str, Any]] = []
    for entry in entries:
        if not groups or groups[-1]["label"] != entry.group:
            groups.append({"label": entry.group, "entries": []})
        number = numbers.get(entry.url_name, 0)
        groups[-1]["entries"].append({"entry": entry, "current": entry is here, "count": number})
    return groups


@register.simple_tag(takes_context=True)
def waits_elsewhere(context: template.Context) -> list[dict[str, Any]]:
    """Other places of the side bar where something waits for this user, for a page that has nothing."""
    groups = side_entries(context)
    listed = [entry for group in groups for entry in group["entries"]]
    return [entry for entry in listed if entry["count"] and not entry["current"]]


@register.simple_tag(takes_context=True)
def scheme(context: template.Context) -> str:
    """The colours that this browser has chosen: dark, light, or "" for those of the computer."""
    request = context.get("request")
    chosen = request.COOKIES.get(SCHEME_COOKIE, "") if request else ""
    return chosen if chosen in ("dark", "light") else ""


@register.filter
def role_title(code: str, titles: Any) -> str:
    """The title of a role, of the titles of a house: `{{ step.role|role_title:roles }}`."""
    return str(titles[code])


@register.filter
def writes(user: Any) -> bool:
    """Whether the user's role may change anything: `{% if request.user|writes %}` around buttons."""
    return bool(getattr(user, "is_authenticated", False)) and not access.may_only_look(user)
