"""Words and colours of the promises' screens."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

TABS: dict[str, str | Promise] = {
    "today": pgettext_lazy("promises", "due today"),
    "tomorrow": pgettext_lazy("promises", "tomorrow"),
    "week": pgettext_lazy("promises", "this week"),
    "broken": pgettext_lazy("promises", "broken"),
    "part": pgettext_lazy("promise", "kept in part"),
    "kept": pgettext_lazy("promise", "kept"),
}
STATES: dict[str, str | Promise] = {
    "open": pgettext_lazy("promise", "open"),
    "kept": pgettext_lazy("promise", "kept"),
    "part": pgettext_lazy("promise", "kept in part"),
    "broken": pgettext_lazy("promise", "broken"),
    "replaced": gettext_lazy("replaced"),
}
TONES = {"open": "info", "kept": "good", "part": "warn", "broken": "bad", "replaced": "neutral"}
