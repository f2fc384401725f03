"""Forms of the intake screens."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from huikuan.casebook.models import Placement
from huikuan.intake import mapping
from huikuan.intake.arrive import arrived
from huikuan.intake.creditors import creditor_of, reads
from huikuan.intake.file_name import name_problem
from huikuan.intake.mapping import Mapping
from huikuan.intake.name import MOST_REASON, may_handle
from huikuan.intake.receive import NAME_LENGTH, local_day
from huikuan.intake.usable_packs import pack_problems
from huikuan.people.models import Creditor, User
from huikuan.web.forms import FilterForm, Form

#: A row, or rows from the first to the last.
_ROWS = re.compile(r"(?P<first>\d{1,7})(\s*-\s*(?P<last>\d{1,7}))?")
_MOST_ROWS = 10_000


def offers_examples() -> bool:
    """Whether the invented clients of the shipped mappings are offered.

    Never where real work is done, which a folder of own packs and mappings or production mode shows.
    """
    return settings.HUIKUAN.packs is None and not settings.HUIKUAN.production


class ClientForm(Form):
    """Whose something is and how it is read.

    Offers the creditors of the user's organisation and those that a mapping names; without
    `examples` only of mappings of the house's own, not those that ship.
    """

    creditor = forms.ChoiceField(label=gettext_lazy("Creditor"))
    mapping = forms.ChoiceField(
        label=gettext_lazy("Mapping"), help_text=gettext_lazy("Says which column is what")
    )

    def __init__(
        self,
        *args: Any,
        user: User,
        overlay: Path | None,
        now: dt.datetime,
        examples: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.asker = user
        self.mappings = _readable(overlay)
        known = {c.code: c.name for c in Creditor.objects.filter(organisation=user.organisation)}
        named = {
            m.creditor.code: m.creditor.name
            for name, m in self.mappings.items()
            if m.creditor.code not in known and (examples or mapping.is_own(name, overlay))
        }
        # Two creditors may bear one name; the code tells them apart.
        offered = sorted(known.items()) + sorted(named.items())
        clients = [(code, f"{name} ({code})") for code, name in offered]
        self.fields["creditor"].choices = [("", "—"), *clients]  # type: ignore[attr-defined]
        labels = [(name, label_of(found)) for name, found in self.mappings.items()]
        self.fields["mapping"].choices = [("", "—"), *labels]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A mapping reads the files of its own creditor."""
        values = super().clean() or {}
        chosen = self.mappings.get(values.get("mapping", ""))
        code = values.get("creditor")
        if not chosen or not code:
            return values

        creditor = creditor_of(code, chosen, self.asker.organisation, make=False)  # type: ignore[arg-type]
        if creditor is None or not reads(chosen, creditor):
            text = _("This mapping belongs to {owner}. Choose the creditor's own mapping.")
            owner = f"{chosen.creditor.name} ({chosen.creditor.code})"
            self.add_error("mapping", text.format(owner=owner))
            return values
        self._check_packs(chosen, creditor)
        return values

    def _check_packs(self, chosen: Mapping, creditor: Creditor) -> None:
        """A mapping of which the packs cannot be followed is refused before the file is received."""
        for found in pack_problems(chosen, creditor, local_day(creditor, self.now)):
            place = f"{Path(found.file or '').name}:{found.line}"
            self.add_error("mapping", f"{place}: {found.text(_)}; {found.remedy_text(_)}")

    def creditor_made(self) -> Creditor | None:
        """The creditor that was chosen, from its first use on in the book."""
        values = self.cleaned_data
        chosen = self.mappings[values["mapping"]]
        return creditor_of(values["creditor"], chosen, self.asker.organisation)  # type: ignore[arg-type]


def label_of(found: Mapping) -> str:
    """What a mapping is called, and its name."""
    language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    return f"{found.label.get(language, found.name)} ({found.name})"


class BatchForm(ClientForm):
    """Whose a batch is, how it is read, when it arrived."""

    received_at = forms.DateTimeField(
        label=gettext_lazy("Received at"),
        required=False,
        help_text=gettext_lazy("When the file arrived; now, if left empty"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean_received_at(self) -> dt.datetime | None:
        """A file cannot have come later than now: its clock would begin in the future."""
        given: dt.datetime | None = self.cleaned_data["received_at"]
        if given is not None and given > self.now:
            raise forms.ValidationError(_("This moment lies in the future."))
        return given


class ArrivalForm(BatchForm):
    """A batch that lies in its channel and that nobody has fetched yet."""

    field_order = ("file_name", "creditor", "mapping", "received_at")

    file_name = forms.CharField(
        label=gettext_lazy("File name"),
        max_length=NAME_LENGTH,
        help_text=gettext_lazy("As it lies in the channel; the batch is found again by it"),
    )

    def clean_file_name(self) -> str:
        """A name by which the import finds the batch again."""
        name: str = self.cleaned_data["file_name"]
        found = name_problem(name)
        if found is not None:
            raise forms.ValidationError(f"{found.text(_)}; {found.remedy_text(_)}")
        return name


class UploadForm(BatchForm):
    """The file of a batch. `batch`: the arrival that it belongs to, where its name differs."""

    field_order = ("file", "creditor", "mapping", "received_at", "batch")

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV (UTF-8 or GB18030) or XLSX, as the creditor sent it"),
    )
    batch = forms.ChoiceField(
        label=gettext_lazy("Arrived as"),
        required=False,
        help_text=gettext_lazy("Without a choice the batch is found by the name of the file"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.arrived = {row.number: row for row in arrived(self.asker)}
        labels = [(number, f"{number} · {row.file_name}") for number, row in self.arrived.items()]
        self.fields["batch"].choices = [("", "—"), *labels]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A batch keeps the creditor and the mapping under which it arrived."""
        values = super().clean()
        row = self.arrived.get(values.get("batch", ""))
        if row is None:
            return values

        if row.creditor.code != values.get("creditor") or row.mapping != values.get("mapping"):
            text = _("{number} arrived from {creditor}, to be read by {mapping}. Choose these.")
            self.add_error(
                "batch",
                text.format(number=row.number, creditor=row.creditor.name, mapping=row.mapping),
            )
        return values


class NameForm(Form):
    """Who handles a batch in a special case, and what is special."""

    user = forms.ModelChoiceField(
        label=gettext_lazy("Who handles it"), queryset=User.objects.none(), empty_label="—"
    )
    reason = forms.CharField(label=gettext_lazy("What is special"), max_length=MOST_REASON)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = may_handle(user.organisation_id or 0)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]


class RefuseForm(Form):
    """Why a batch is refused."""

    reason = forms.CharField(label=gettext_lazy("Why"), max_length=MOST_REASON)


class GiveUpForm(Form):
    """Rows for which nobody waits any more, and why."""

    rows = forms.CharField(
        label=gettext_lazy("Rows"), max_length=300, help_text=gettext_lazy("Such as 17, 20-22")
    )
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=MOST_REASON)

    def clean_rows(self) -> list[int]:
        """The numbers of the rows."""
        rows = row_numbers(self.cleaned_data["rows"])
        if rows is None:
            raise forms.ValidationError(_("Write numbers of rows, such as 17, 20-22."))
        return rows


def row_numbers(text: str) -> list[int] | None:
    """17, 20-22 as numbers of rows; None where it is no list of rows."""
    rows: list[int] = []
    for part in text.replace("，", ",").replace("、", ",").split(","):
        matched = _ROWS.fullmatch(part.strip())
        if matched is None:
            return None
        first = int(matched["first"])
        last = int(matched["last"] or first)
        if last - first > _MOST_ROWS:
            return None
        rows += range(first, last + 1)
    return rows


class PlacementFilter(FilterForm):
    q = forms.CharField(
        label=gettext_lazy("Batch or file"), widget=forms.TextInput(attrs={"type": "search"})
    )
    creditor = forms.ChoiceField(label=gettext_lazy("Creditor"))
    status = forms.ChoiceField(label=gettext_lazy("Status"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        creditors = Creditor.objects.filter(organisation=user.organisation).order_by("code")
        everything = [("", _("all"))]
        self.fields["creditor"].choices = everything + [(c.code, c.name) for c in creditors]  # type: ignore[attr-defined]
        statuses = [*Placement.Status.choices, ("waiting", _("rows to correct"))]
        self.fields["status"].choices = everything + statuses  # type: ignore[attr-defined]


def _readable(overlay: Path | None) -> dict[str, mapping.Mapping]:
    """Mappings without mistakes, by name."""
    found = {}
    for name in mapping.names(overlay):
        try:
            found[name] = mapping.load(name, overlay)
        except mapping.WrongMapping:
            continue
    return found
