"""Shows a masked number in full, for a reason, and records that it was shown."""

from __future__ import annotations

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import escape
from django.utils.translation import gettext as _

from huikuan.casebook import journal
from huikuan.casebook.models import Account, Case, ContactPoint, Reveal
from huikuan.casebook.sealed import unseal
from huikuan.desk import clock
from huikuan.desk.cases import find_case
from huikuan.people.rights import Right
from huikuan.web.access import require_right
from huikuan.web.asked import number_in


@require_right(Right.REVEAL, methods=("POST",))
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """The full value as text. 422 without a reason, 404 for what does not belong to the case."""
    case = find_case(request, number)
    reason = request.POST.get("reason", "").strip()
    if not reason:
        return HttpResponse(escape(_("Write why you need it; the look is recorded.")), status=422)
    field, subject = request.POST.get("field", ""), request.POST.get("id", "")
    value, subject_id = _find(case, field, subject)
    with transaction.atomic():
        act = journal.begin(request.user, "desk.reveal", at=clock.now(), reason=reason)  # type: ignore[arg-type]
        Reveal.objects.create(act=act, case=case, field=field, subject_id=subject_id)
    return HttpResponse(escape(value))


def _find(case: Case, field: str, subject: str) -> tuple[str, int]:
    if field == "name":
        return case.person.name, case.person.pk
    if field == "id" and case.person.id_sealed:
        return unseal(case.person.id_sealed), case.person.pk
    key = number_in(subject)
    if key and field == "point":
        point = ContactPoint.objects.filter(person=case.person, pk=key).first()
        if point:
            return unseal(point.value_sealed), point.pk
    if key and field == "account":
        account = Account.objects.filter(case=case, pk=key).first()
        if account:
            return unseal(account.number_sealed), account.pk
    raise Http404
