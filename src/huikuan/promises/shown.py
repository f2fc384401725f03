"""Words and colours of the promises' screens."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from huikuan.web.states import LOOKS

TABS: dict[str, str | Promise] = {
    "today": pgettext_lazy("promises", "due today"),
    "tomorrow": pgettext_lazy("promises", "tomorrow"),
    "week": pgettext_lazy("promises", "this week"),
    "broken": pgettext_lazy("promises", "broken"),
    "part": pgettext_lazy("promise", "kept in part"),
    "kept": pgettext_lazy("promise", "kept"),
}
STATES: dict[str, str | Promise] = {state: look.word for state, look in LOOKS["promise"].items()}
TONES = {state: look.tone for state, look in LOOKS["promise"].items()}
