"""Every sentence of this layer: code, message, remedy. Codes are permanent."""

from __future__ import annotations

from huikuan.lib.catalogue import Entry
from huikuan.lib.problems import gettext_noop as _
from huikuan.lib.sentences import speaker

CATALOGUE: dict[str, Entry] = {
    "document.empty": Entry(_("{name} is empty"), _("choose the file again")),
    "document.large": Entry(
        _("{name} is larger than {limit} MB"), _("make it smaller, or split it")
    ),
    "document.name": Entry(
        _("this is no name of a file: {name}"),
        _("give a name without / and \\, of at most 255 characters"),
    ),
    "document.kind": Entry(
        _("{kind} is no kind of document"), _("write it as one word, such as contract")
    ),
    "document.case": Entry(
        _("this case is not yours to work"), _("ask your team lead who holds it now")
    ),
    "document.read_only": Entry(
        _("your role may look at cases and not write"), _("ask the person who holds the case")
    ),
    "document.unknown": Entry(
        _("there is no document {document}"), _("load the page again; it may not be yours to see")
    ),
    "document.reason": Entry(
        _("the reason for looking is missing"), _("write why you need it; the look is recorded")
    ),
    "statement.glyphs": Entry(
        _("the type has no sign for {signs}"),
        _("write the name with another sign, or add a type that has it"),
    ),
}

problem = speaker(CATALOGUE)
