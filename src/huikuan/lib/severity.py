"""How grave a problem is, and the mark of a sentence for translators."""

from typing import Literal

Severity = Literal["error", "warning"]


def gettext_noop(message: str) -> str:
    """Mark a sentence for the translation catalogue without translating it here."""
    return message
