"""Users, creditors and teams by the names that a command is given. Raises CommandError with what
is known.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from huikuan.lib.problems import did_you_mean
from huikuan.ops.cli import CommandError
from huikuan.people.models import Creditor, Organisation, Team, User


def user_named(username: str) -> User:
    """The user of this name."""
    user = User.objects.filter(username=username).select_related("organisation").first()
    if user is None:
        raise CommandError(_("there is no user '{name}'").format(name=username))
    return user


def creditor_named(code: str, organisation: Organisation) -> Creditor:
    """The organisation's creditor of this code."""
    creditors = Creditor.objects.filter(organisation=organisation)
    creditor = creditors.filter(code=code).first()
    if creditor is None:
        raise _unknown("creditor", code, list(creditors.values_list("code", flat=True)))
    return creditor


def team_named(code: str, organisation: Organisation) -> Team:
    """The organisation's team of this code."""
    teams = Team.objects.filter(organisation=organisation)
    team = teams.filter(code=code).first()
    if team is None:
        raise _unknown("team", code, list(teams.values_list("code", flat=True)))
    return team


def _unknown(kind: str, code: str, known: list[str]) -> CommandError:
    near = did_you_mean(code, known)
    if near:
        text = _("there is no {kind} {code}; did you mean {near}?")
        return CommandError(text.format(kind=_(kind), code=code, near=near))
    text = _("there is no {kind} {code}; known: {known}")
    return CommandError(text.format(kind=_(kind), code=code, known=", ".join(sorted(known)) or "-"))
