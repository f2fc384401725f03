"""The creditor of a file: the organisation's own, or the one that the mapping names."""

from __future__ import annotations

from huikuan.casebook.models import Placement
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
        return made(draft)
    return draft


def reads(mapping: Mapping, creditor: Creditor) -> bool:
    """Whether files of this creditor are read by this mapping: it names the creditor, or a batch of
    the creditor that is in the book was read by it.
    """
    if mapping.creditor.code == creditor.code:
        return True
    accepted = Placement.objects.filter(mapping=mapping.name, status=Placement.Status.ACCEPTED)
    return creditor.pk is not None and accepted.filter(creditor=creditor).exists()


def made(creditor: Creditor) -> Creditor:
    """The creditor in the book: as it is there, else the draft is written.

    Two first files of a creditor may come in one moment; the second finds the creditor of the first.
    """
    if creditor.pk is not None:
        return creditor

    stored, _made = Creditor.objects.select_related("organisation").get_or_create(
        organisation=creditor.organisation,
        code=creditor.code,
        defaults={"name": creditor.name, "kind": creditor.kind, "region": creditor.region},
    )
    return stored


def known_codes(organisation: Organisation) -> list[str]:
    """Codes of the organisation's creditors."""
    return list(
        Creditor.objects.filter(organisation=organisation)
        .order_by("code")
        .values_list("code", flat=True)
    )
