"""Holds: their list, the requests for one, the acts on a case, and the history of a case."""

from collections.abc import Iterator

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models import Approval, Hold
from huikuan.people.rights import Right
from huikuan.web.navigation import Entry
from huikuan.web.room import CaseLink, Happening, RequestKind, Room, Row, Shown

_PLACED = """
SELECT x.valid_on AS day, x.recorded_at AS at, x.act_id,
    jsonb_build_object('kind', x.kind, 'scope', x.scope, 'text', x.reason) AS what
FROM casebook_hold x
"""
_ENDED = """
SELECT x.ended_on AS day, x.ended_at AS at, NULL::bigint AS act_id,
    jsonb_build_object('kind', x.kind) AS what
FROM casebook_hold x
"""


def _placed(what: Row) -> Shown:
    title = gettext("Hold: {kind} ({scope})").format(
        kind=Hold.Kind(what["kind"]).label, scope=Hold.Scope(what["scope"]).label
    )
    return Shown(title, text=what["text"], icon="hand-stop", tone="warn")


def _ended(what: Row) -> Shown:
    title = gettext("Hold ended: {kind}").format(kind=Hold.Kind(what["kind"]).label)
    return Shown(title, icon="check")


def _asked(subject: Row) -> Iterator[str]:
    """`dispute, item, from 2026-11-24`; a word that no list knows is shown as it stands."""
    words = {**dict(Hold.Kind.choices), **dict(Hold.Scope.choices)}
    for name in ("kind", "scope"):
        word = subject.get(name) or ""
        yield str(words.get(word, word))
    yield gettext("from {day}").format(day=subject.get("from", "—"))


ROOM = Room(
    addresses="holds/",
    entries=(Entry(_("Holds"), "holds:list", key="h", icon="hand-stop", order=40),),
    requests=(
        RequestKind(
            kind=Approval.Kind.HOLD,
            decides=Right.DECIDE_HOLDS,
            decide="holds:decide",
            withdraw="holds:withdraw",
            words=_asked,
            sort="kind",
            same=("kind", "scope", "item", "account"),
        ),
    ),
    happenings=(
        Happening(kind="hold", rows=_PLACED, shown=_placed, for_client=("kind", "scope", "text")),
        Happening(
            kind="hold_end",
            rows=_ENDED,
            only="x.ended_on IS NOT NULL",
            shown=_ended,
            for_client=("kind",),
        ),
    ),
    case_links=(
        CaseLink(
            label=_("Propose a hold"),
            hint=_("Propose a hold"),
            url_name="holds:propose",
            key="h",
            icon="hand-stop",
            place="acts",
            order=30,
        ),
        CaseLink(
            label=_("Set a hold"),
            url_name="holds:place",
            icon="hand-stop",
            right=Right.DECIDE_HOLDS,
            place="acts",
            order=40,
        ),
    ),
)
