"""Whether every open case follows a procedure, and whether the packs' files are in force."""

from __future__ import annotations

from collections.abc import Iterator

from huikuan.ops.arguments import today
from huikuan.ops.finding import Finding
from huikuan.ops.words import gettext as _


def findings() -> Iterator[Finding]:
    """Versions that were changed, cases without a procedure by creditor and product, then packs
    that are passed over.
    """
    yield from signed()
    yield from covered()
    yield from passed_over()


def signed() -> Iterator[Finding]:
    """Versions whose stored text is not the one that was signed: nothing follows them."""
    from huikuan.casebook.packs import changed_versions

    for version in changed_versions():
        text = _("{pack} {version}: the stored text was changed after it was signed")
        shown = text.format(pack=version.pack, version=version.version)
        repair = _("restore it from a backup, or put another version in force: huikuan pack list")
        yield Finding("packs", "fail", shown, repair)


def covered() -> Iterator[Finding]:
    """Whether every open case follows a procedure: one without gets no work, and nobody sees it."""
    from huikuan.casebook.without_procedure import without_procedure
    from huikuan.ops.commands.plan import gap_remedy

    gaps = without_procedure(today())
    for gap in gaps:
        text = _(
            "{n} open cases of {creditor}, product '{product}', follow no procedure: {numbers}"
        )
        values = {"n": gap.cases, "creditor": gap.creditor.code, "product": gap.product}
        shown = text.format(**values, numbers=", ".join(gap.numbers))
        yield Finding("procedures", "fail", shown, gap_remedy(gap))

    if not gaps:
        yield Finding("procedures", "ok", _("every open case follows one"))


def passed_over() -> Iterator[Finding]:
    """Packs of which the files say an approved version that is not in force."""
    from django.utils.translation import gettext

    from huikuan.people.models import Organisation
    from huikuan.people.roles import known_codes
    from huikuan.planning import load

    for house in Organisation.objects.filter(principal=None).order_by("code"):
        for problem in load.passed_over(today(), house, known_codes()):
            text = f"{house.code}: {problem.place}: {problem.text(gettext)}"
            yield Finding("packs", "warn", text, problem.remedy_text(gettext))
