"""What the procedure in force in a house says of complaints: chains, figures, words."""

from __future__ import annotations

import datetime as dt

from huikuan.casebook import packs
from huikuan.casebook.models import Approval, Complaint, PackVersion
from huikuan.engine.chain import Chain, Station
from huikuan.engine.scripts import Script
from huikuan.people import ranks, roles
from huikuan.people.models import Organisation, User

KIND = str(Approval.Kind.COMPLAINT)
ESCALATION = "escalation"
UNREASONABLE = "unreasonable"


def version_in_force(house: Organisation, on: dt.date) -> PackVersion | None:
    """The version of the day that asks for something about complaints; None where none does."""
    day = packs.holding(on)
    for version in day.versions_of(house.pk):
        if version.kind != PackVersion.Kind.PLAYBOOK:
            continue
        is_whole = day.version_in(house.pk, version.pack, None) == version.pk
        steps = packs.playbook_of(version).apart.steps
        if is_whole and any(step.per == "complaint" for step in steps):
            return version
    return None


def asks_to_close(house: Organisation, on: dt.date) -> bool:
    """Whether the procedure has a step that records the end, and so says what comes before it."""
    version = version_in_force(house, on)
    if version is None:
        return False
    return any(step.records == "closed" for step in packs.playbook_of(version).apart.steps)


def figure(house: Organisation, on: dt.date, parameter: str) -> int | None:
    """A parameter of the procedure; None where it has none."""
    version = version_in_force(house, on)
    if version is None:
        return None
    return packs.playbook_of(version).days(parameter)


def script(house: Organisation, on: dt.date, name: str) -> Script | None:
    """A script of the procedure by its name."""
    version = version_in_force(house, on)
    if version is None:
        return None
    return packs.words_of(version).scripts.get(name)


def chain_of(complaint: Complaint, sort: str, on: dt.date) -> Chain | None:
    """Who decides a proposal of this sort; None where the procedure names nobody."""
    version = version_in_force(complaint.organisation, on)
    if version is None:
        return None
    chains = packs.playbook_of(version).approvals
    return chains.get(f"{KIND}.{sort}") or chains.get(KIND)


def beyond(chain: Chain, actor: User, amount_minor: int, currency: str) -> Chain | None:
    """The stations that must still agree to what the actor wants; None: it is their own authority.

    Whoever may do what a station's role does has that station's authority themselves. An empty
    chain is given where nobody is left who could agree.
    """
    for place, station in enumerate(chain.by):
        if not _has(station, actor):
            rest = chain.by[place:]
            return Chain(rest, chain.amount, chain.answer_within, chain.otherwise)
        if chain.ends_at(place, amount_minor, currency):
            return None
    return None


def _has(station: Station, actor: User) -> bool:
    if station.right:
        return station.right in {right for role in actor.held_roles for right in role.rights}
    return ranks.may_do(station.role, actor)


def levels(complaint: Complaint, on: dt.date) -> list[str]:
    """Codes of the roles that own the levels of escalation, the first level first."""
    chain = chain_of(complaint, ESCALATION, on)
    return [station.role for station in chain.by if station.role] if chain else []


def level_titles(complaint: Complaint, on: dt.date) -> list[str]:
    """The levels as people call them."""
    titles = roles.titles(complaint.organisation_id)
    return [titles.get(code, code) for code in levels(complaint, on)]
