"""Words of the command line before Django is set up: the same catalogue, read by the standard library for speed."""

import gettext as stdlib_gettext
import os
from functools import cache
from pathlib import Path

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def language() -> str:
    """The command line's language by the locale variables: "zh-hans" or "en"."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh-hans" if value.lower().startswith("zh") else "en"
    return "en"


@cache
def _catalogue(code: str) -> stdlib_gettext.NullTranslations:
    if code == "en":
        return stdlib_gettext.NullTranslations()
    return stdlib_gettext.translation("django", LOCALE, languages=["zh_Hans"], fallback=True)


def gettext(text: str) -> str:
    """`text` in the language of the command line."""
    return _catalogue(language()).gettext(text)
