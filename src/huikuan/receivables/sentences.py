"""Every sentence of this room's verbs: code, message, remedy. Codes are permanent."""

from __future__ import annotations

from huikuan.lib.catalogue import Entry
from huikuan.lib.problems import gettext_noop as _
from huikuan.lib.sentences import speaker

CATALOGUE: dict[str, Entry] = {
    "statement.unknown": Entry(
        _("there is no such statement among those you may see"), _("look at the list again")
    ),
    "statement.read_only": Entry(
        _("your role may look at cases and not write"), _("ask the person who holds the case")
    ),
    "statement.kind": Entry(
        _("{value} is nothing that happens to a statement"), _("choose one of those offered")
    ),
    "statement.role": Entry(
        _("this step of the statement belongs to another role: {role}"),
        _("leave it to that role or ask your team lead"),
    ),
    "statement.right": Entry(
        _("your role may not do this: {right}"),
        _("leave it to a role that may, or ask your team lead"),
    ),
    "statement.maker": Entry(
        _("who made the statement does not check it"), _("somebody else of that role checks it")
    ),
    "statement.future": Entry(
        _("the day lies in the future"), _("enter the day on which it happened")
    ),
    "statement.order": Entry(
        _("{event}: {day}; this did not take place before"),
        _("enter the day on which it happened"),
    ),
    "statement.before": Entry(
        _("the day lies before {day}, from which the statement is to be made"),
        _("correct the day"),
    ),
    "statement.needs": Entry(_("this comes after: {event}"), _("enter that first")),
    "statement.again": Entry(_("this was entered on {day}; nothing was changed"), "", "warning"),
    "statement.item": Entry(
        _("the item {item} does not stand on this statement"), _("choose one of its items")
    ),
    "statement.line_note": Entry(
        _("it is not said in what the item {item} differs"),
        _("write what the customer's books say"),
    ),
    "statement.note_long": Entry(
        _("the note is longer than {most} characters"),
        _("shorten it; details belong in a note on the case"),
    ),
    "statement.line_long": Entry(
        _("what is said of the item {item} is longer than {most} characters"),
        _("shorten it; details belong in a note on the case"),
    ),
    "statement.lines_kind": Entry(
        _("items are named with a confirmation or an answer of the customer"),
        _("enter what the customer said"),
    ),
}

problem = speaker(CATALOGUE)
