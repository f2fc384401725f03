"""What a row is about: a case, an item, a statement month, a complaint; and its walls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from huikuan.casebook.models import Act, Case


@dataclass(frozen=True, slots=True)
class About:
    """A subject by kind and id. `case_id`: the case that decides who sees it, if there is one.

    `creditor_id` is None where nobody knows whose debt it is about: such a subject has documents,
    and no mail.
    """

    kind: str
    key: int
    organisation_id: int
    creditor_id: int | None
    case_id: int | None = None

    @classmethod
    def of_case(cls, case: Case) -> About:
        """The case itself."""
        return cls("case", case.pk, case.organisation_id, case.creditor_id, case.pk)

    def columns(self, act: Act) -> dict[str, Any]:
        """What a row about the subject has: what it is about, whose it is, by which act."""
        return {
            "subject_kind": self.kind,
            "subject_id": self.key,
            "case_id": self.case_id,
            "organisation_id": self.organisation_id,
            "creditor_id": self.creditor_id,
            "act": act,
        }
