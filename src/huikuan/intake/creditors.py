"""The creditor of a file: the organisation's own, or the one that the mapping names."""

from __future__ import annotations

from huikuan.intake.mapping import Mapping
from huikuan.people.models import Creditor, Organisation


def creditor_of(
    code: str, mapping: Mapping | None, organisation: Organisation, *, make: bool = True
) -> Creditor | None:
    """The organisation's creditor of this code, or the one that the mapping names: made with `make`, else only a
    draft without an id. None: unknown here."""
    found = (
        Creditor.objects.filter(organisation=organisation, code=code)
        .select_related("organisation")
        .first()
    )
    if found is not None or mapping is None or mapping.creditor.code != code:
        return found
    entry = mapping.creditor
    draft = Creditor(
        organisation=organisation, code=code, name=entry.name, kind=entry.kind, region=entry.region
    )
    if make:
        draft.save()
    return draft


def known_codes(organisation: Organisation) -> list[str]:
    """Codes of the organisation's creditors."""
    return list(
        Creditor.objects.filter(organisation=organisation)
        .order_by("code")
        .values_list("code", flat=True)
    )
