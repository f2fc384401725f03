"""Why a version did not come into force, or does not give way: each reason says what to do."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext


class NotActivated(Exception):
    """The version did not come into force."""

    #: What the sentence of the class leaves open, by its name in the sentence.
    values: Mapping[str, str] = {}

    @property
    def sentence(self) -> str:
        """Why not, in the language of who asked."""
        return gettext(str(type(self).__doc__)).format(**self.values)


class MayNotActivate(NotActivated):
    """Only a manager or general manager of the house says which version is in force."""


class NotSigned(NotActivated):
    """Nobody has approved this version; a manager approves it first."""


class RulesHoldForAll(NotActivated):
    """Contact rules hold for all: they cannot be activated for a part of the cases."""


class BeforeEffective(NotActivated):
    """The version says itself from which day it holds; choose that day or a later one."""


class NoDays(NotActivated):
    """An activation ends after the day on which it begins."""


class NothingBefore(NotActivated):
    """No other version was in force before; there is nothing to roll back to."""


class RolledBackAlready(NotActivated):
    """This was rolled back already, by {user}; to go forward again, activate the version."""

    def __init__(self, user: str) -> None:
        super().__init__(user)
        self.values = {"user": user}


class HasBegun(NotActivated):
    """This activation has begun; activate another version, or roll back."""


class AlreadyTakenBack(NotActivated):
    """This activation was taken back already."""
