"""Every sentence of this layer: code, message, remedy. Codes are permanent."""

from __future__ import annotations

from huikuan.lib.catalogue import Entry
from huikuan.lib.problems import gettext_noop as _
from huikuan.lib.sentences import speaker

CATALOGUE: dict[str, Entry] = {
    "outbox.address": Entry(
        _("{address} is no e-mail address that every mail server takes"),
        _("correct the address of the contact"),
    ),
    "outbox.header": Entry(
        _("the subject line is empty, too long or has a line break"),
        _("write one line of at most 200 characters"),
    ),
    "outbox.empty": Entry(_("the mail has no text"), _("write what it is about")),
    "outbox.large": Entry(
        _("the mail would have {size} MB, more than {limit}"),
        _("attach less, or raise HUIKUAN_MAIL_LARGEST_MB if the mail server takes more"),
    ),
    "outbox.document": Entry(
        _("the document {name} belongs to another client or house"),
        _("attach documents of this client only"),
    ),
    "outbox.type": Entry(
        _("{type} is no type of an event"), _("write it in small letters, such as erp.lock")
    ),
    "outbox.unknown": Entry(
        _("there is no message {message}"), _("`huikuan outbox list` shows them")
    ),
    "outbox.right": Entry(
        _("your role may not do this: it asks for the right “{right}”"),
        _("ask somebody whose role has it"),
    ),
    "outbox.reason": Entry(_("the reason is missing"), _("write it; it is kept with the act")),
    "outbox.not_unknown": Entry(
        _("the outcome of message {message} is not unknown: {status}"),
        _("only a message whose outcome is unknown is settled"),
    ),
    "outbox.not_failed": Entry(
        _("message {message} did not fail: {status}"),
        _("only what failed is sent again; settle a message whose outcome is unknown first"),
    ),
    "outbox.replaced": Entry(
        _("a later event has told the far side what holds now; message {message} leaves no more"),
        _("look at the later event: `huikuan outbox list` shows it"),
    ),
    "outbox.not_waiting": Entry(
        _("message {message} is no mail that waits: {status}"),
        _("only a mail that has not left is withdrawn"),
    ),
    "outbox.account": Entry(
        _("the mail names an account that is not the creditor's: {number}"),
        _("take it out; the account to pay to stands with the creditor and is changed there"),
    ),
    "outbox.of_other": Entry(
        _("message {message} went along with what somebody else did"),
        _("ask whoever sent it, or somebody above them"),
    ),
    "outbox.not_tried": Entry(
        _("message {message} was not sent yet, and there is an address for it"),
        _("wait until it was sent; without an answer it can be acknowledged then"),
    ),
    "outbox.not_webhook": Entry(
        _("message {message} waits for no acknowledgement"),
        _("only an event that wants one is acknowledged"),
    ),
    "outbox.url": Entry(
        _("{url} is no web address"), _("write it such as https://erp.example.com/hooks")
    ),
    "outbox.secret": Entry(
        _("the secret is too short"), _("take at least 24 characters, or whsec_… with 24 bytes")
    ),
    "mailbox.unknown": Entry(
        _("no mail {mail} waits for a decision"), _("`huikuan outbox mail` shows them")
    ),
}

problem = speaker(CATALOGUE)
