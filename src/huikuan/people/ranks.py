"""Who stands in for whom: a team lead or manager for every role that is not above theirs."""

from __future__ import annotations

from huikuan.people.roles import Role

#: Who may do in place of a role, each also for those before it.
_RANKS = (Role.TEAM_LEAD, Role.MANAGER, Role.GENERAL_MANAGER)


def may_do(wanted: str, role: str) -> bool:
    """Whether somebody of this role may do what a step asks of `wanted`."""
    if role == wanted:
        return True

    above: tuple[Role, ...] = _RANKS
    if wanted in _RANKS:
        above = _RANKS[_RANKS.index(Role(wanted)) :]
    return role in above
