"""What a command about a placement names: its mapping, its creditor, a moment."""

import datetime as dt
from typing import Any


def moment(text: str) -> dt.datetime:
    """A moment in ISO 8601; without an offset it is one of Shanghai."""
    given = dt.datetime.fromisoformat(text)
    if given.tzinfo is None:
        from zoneinfo import ZoneInfo

        given = given.replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    return given


def mapping_named(name: str) -> Any:
    """The mapping of this name or path. CommandError says what is wrong with it."""
    from django.conf import settings

    from huikuan.intake import mapping
    from huikuan.intake.sentences import problem
    from huikuan.ops.cli import CommandError

    try:
        return mapping.load(name, settings.HUIKUAN.packs)
    except mapping.NoMapping as error:
        if error.near:
            found = problem("mapping.unknown_near", {"name": name, "suggestion": error.near})
        else:
            found = problem("mapping.unknown", {"name": name, "known": ", ".join(error.known)})
        raise CommandError(line_of(found)) from error
    except mapping.WrongMapping as error:
        raise CommandError("\n".join(line_of(found) for found in error.problems)) from error


def creditor_named(code: str, mapping: Any, actor: Any) -> Any:
    """The creditor, or a draft of the one that the mapping names: a refused file makes none.

    CommandError for a creditor that nobody knows, and for a mapping that belongs to another one.
    """
    from huikuan.intake.creditors import creditor_of, known_codes, reads
    from huikuan.intake.sentences import problem
    from huikuan.ops.cli import CommandError

    known = known_codes(actor.organisation)
    found = creditor_of(code, mapping, actor.organisation, make=False)
    if found is not None and not reads(mapping, found):
        params = {"mapping": mapping.name, "owner": mapping.creditor.code, "creditor": code}
        raise CommandError(line_of(problem("file.other_mapping", params)))

    if found is None:
        params = {"code": code, "known": ", ".join(sorted({*known, mapping.creditor.code}))}
        raise CommandError(line_of(problem("creditor.unknown", params)))
    return found


def line_of(found: Any) -> str:
    """A problem in one line: place, sentence, remedy."""
    from django.utils.translation import gettext

    sentence = "; ".join(part for part in (found.text(gettext), found.remedy_text(gettext)) if part)
    return f"{found.place}: {sentence}" if found.place else sentence
