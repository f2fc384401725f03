"""Promises: the list of them, their record in a case, and the history of a case."""

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from huikuan.lib.money import format_minor
from huikuan.web.navigation import Entry
from huikuan.web.room import CaseLink, Happening, Room, Row, Shown

_ROWS = """
SELECT x.valid_on AS day, x.recorded_at AS at, x.act_id,
    jsonb_build_object('amount', x.amount_minor, 'currency', x.currency, 'due_on', x.due_on) AS what
FROM casebook_promise x
"""


def _shown(what: Row) -> Shown:
    amount = format_minor(what["amount"], what["currency"], get_language() or "zh-hans")
    title = gettext("Promised {amount} for {day}").format(amount=amount, day=what["due_on"])
    return Shown(title, icon="calendar", tone="info")


ROOM = Room(
    addresses="promises/",
    entries=(Entry(_("Promises"), "promises:list", key="o", icon="calendar-check", order=60),),
    happenings=(
        Happening(
            kind="promise",
            rows=_ROWS,
            shown=_shown,
            for_client=("amount", "currency", "due_on"),
        ),
    ),
    case_links=(
        CaseLink(
            label=_("Promise record"),
            hint=_("Promise record"),
            url_name="promises:of_case",
            key="l",
            place="money",
            order=20,
        ),
    ),
)
