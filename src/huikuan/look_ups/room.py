"""Look-ups: their list, the request on the page of a case, and the history of a case."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models import LookUp, LookUpEvent
from huikuan.web.navigation import Entry
from huikuan.web.room import CaseLink, Happening, Room, Row, Shown

_ASKED = """
SELECT x.valid_on AS day, x.recorded_at AS at, x.act_id,
    jsonb_build_object('status', x.status, 'to', x.addressed_to, 'text', x.question) AS what
FROM casebook_lookup x
"""
_WORKED = """
SELECT x.valid_on AS day, x.happened_at AS at, x.act_id,
    jsonb_build_object('kind', x.kind, 'who', x.spoken_to, 'text', x.text) AS what
FROM casebook_lookupevent x
"""


def _asked(what: Row) -> Shown:
    title = gettext("Look-up asked for: {to}").format(to=what["to"])
    badge = ""
    if what["status"] == LookUp.Status.REFUSED:
        badge = str(LookUp.Status.REFUSED.label)
    return Shown(title, text=what["text"], icon="user-search", badge=badge)


def _worked(what: Row) -> Shown:
    kind = LookUpEvent.Kind(what["kind"]).label
    title = gettext("Look-up: {kind}").format(kind=kind)
    return Shown(
        title, text=" · ".join(filter(None, (what.get("who"), what["text"]))), icon="check"
    )


ROOM = Room(
    addresses="look-ups/",
    entries=(Entry(_("Look-ups"), "look_ups:list", icon="user-search", order=58),),
    happenings=(
        Happening(
            kind="look_up",
            rows=_ASKED,
            shown=_asked,
            by_minute=True,
            for_client=("status", "to", "text"),
        ),
        Happening(
            kind="look_up_event",
            rows=_WORKED,
            only="x.kind <> 'refused'",
            shown=_worked,
            by_minute=True,
            for_client=("kind", "text"),
        ),
    ),
    case_links=(
        CaseLink(
            label=_("Ask for a look-up"),
            url_name="look_ups:ask",
            icon="user-search",
            place="acts",
            order=60,
        ),
    ),
)
