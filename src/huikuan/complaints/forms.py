"""Forms of this room: taking a complaint, its points, and each act on it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from huikuan.casebook.days import day_of
from huikuan.casebook.models import (
    Account,
    Complaint,
    ComplaintEvent,
    ComplaintProposal,
    ComplaintSummary,
    Item,
)
from huikuan.complaints.accept import Point
from huikuan.complaints.causes import causes_of
from huikuan.complaints.correct import Correction
from huikuan.complaints.departments import silent, silent_titles
from huikuan.complaints.find import possible_owners
from huikuan.complaints.legal import sorts_now
from huikuan.complaints.receive import Reception
from huikuan.complaints.sentences import MOST_LINE, MOST_TEXT
from huikuan.complaints.shown import STATES, WAYS
from huikuan.complaints.write import Kind, level_role, may_do
from huikuan.documents import kinds
from huikuan.documents.store import LARGEST, NewDocument
from huikuan.people import roles
from huikuan.people.models import Creditor, User
from huikuan.people.rights import Right
from huikuan.web.asked import number_in
from huikuan.web.forms import FilterForm, Form, dress

#: Points for which a form has fields at first, and how many come with each press of its key.
FIRST_POINTS = 2
MORE_POINTS = 1
#: No complaint has more points than this: a form that says so was not sent by the page.
MOST_POINTS = 200
#: Items that are offered for what a point disputes.
MOST_ITEMS = 100
NOTHING = ("", gettext_lazy("nothing of ours"))
_WAYS = [(code, word) for code, word in WAYS.items() if code != "otherwise"]


def _moment(label: Any, **more: Any) -> forms.DateTimeField:
    """A local moment, to the minute."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget, **more)


def _text(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=MOST_TEXT, widget=forms.Textarea(), **more)


def _line(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=MOST_LINE, **more)


def _chosen(form: forms.Form, name: str, pairs: Sequence[tuple[Any, Any]]) -> None:
    field: Any = form.fields[name]
    field.choices = pairs


def focus_first(form: forms.Form) -> None:
    """The page opens with the focus in the first field: whoever takes a call types at once."""
    first = next((field for field in form.visible_fields()), None)
    if first is not None:
        first.field.widget.attrs["autofocus"] = True


class ComplaintFilter(FilterForm):
    """State, way, and number or case."""

    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        choices=[
            ("", gettext_lazy("open")),
            *((code, pair[0]) for code, pair in STATES.items()),
            ("all", gettext_lazy("all")),
        ],
    )
    channel = forms.ChoiceField(
        label=pgettext_lazy("complaint", "Came by"),
        choices=[("", gettext_lazy("all")), *Complaint.Channel.choices],
    )
    q = forms.CharField(
        label=gettext_lazy("Number, case, or whole name"),
        max_length=80,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": gettext_lazy("Number, case, or whole name")}
        ),
    )
    # What the figures ask for: the complaints behind a number.
    cause = forms.CharField(max_length=40, widget=forms.HiddenInput())
    client = forms.CharField(max_length=40, widget=forms.HiddenInput())
    about = forms.CharField(max_length=150, widget=forms.HiddenInput())
    first = forms.DateField(widget=forms.HiddenInput())
    last = forms.DateField(widget=forms.HiddenInput())


class ReceiveForm(Form):
    """What whoever takes a complaint writes down."""

    channel = forms.ChoiceField(
        label=pgettext_lazy("complaint", "Came by"), choices=Complaint.Channel.choices
    )
    received_at = _moment(gettext_lazy("Reached us at"))
    who = forms.ChoiceField(label=gettext_lazy("Complainant"), choices=Complaint.Who.choices)
    name = _line(
        gettext_lazy("Name, or how they call themselves; empty: anonymous"), required=False
    )
    reach = _line(gettext_lazy("Where they are answered; empty: no way back"), required=False)
    case = _line(gettext_lazy("Case number, where there is one"), required=False)
    creditor = forms.ChoiceField(
        label=gettext_lazy("Client, where it is known"), required=False, choices=[]
    )
    about = forms.ChoiceField(
        label=gettext_lazy("Collector complained about"), required=False, choices=[]
    )
    reference = forms.CharField(
        label=gettext_lazy("Number of the regulator"), max_length=80, required=False
    )
    said = _text(gettext_lazy("What was said, in their own words"))
    key = forms.CharField(widget=forms.HiddenInput(), required=False, max_length=64)

    def __init__(self, *args: Any, user: User, in_talk: bool = False, **kwargs: Any) -> None:
        """`in_talk`: a collector hands over what was said in a call on a case."""
        super().__init__(*args, **kwargs)
        house = user.organisation_id or 0
        _chosen(self, "creditor", clients(house))
        _chosen(self, "about", collectors(house))

        self.fields["key"].initial = uuid.uuid4().hex
        if in_talk:
            for name in ("creditor", "reference", "case"):
                del self.fields[name]
            talk = Complaint.Channel.TALK
            _chosen(self, "channel", [(talk.value, talk.label)])
        else:
            focus_first(self)

    def entry(self, *, case: str = "") -> Reception:
        """What was written down, once the form is valid."""
        given = self.cleaned_data

        return Reception(
            channel=given["channel"],
            who=given["who"],
            name=given["name"],
            reach=given["reach"],
            said=given["said"],
            received_at=given["received_at"],
            case=case or given.get("case", ""),
            creditor=given.get("creditor", ""),
            about=given["about"],
            reference=given.get("reference", ""),
            key=given["key"],
        )


def clients(house_id: int) -> list[tuple[str, str]]:
    """The clients of the house, and none."""
    creditors = Creditor.objects.filter(organisation_id=house_id).order_by("name")
    return [("", "—"), *((each.code, each.name) for each in creditors)]


def collectors(house_id: int, also: User | None = None) -> list[tuple[str, str]]:
    """Who holds cases in the house, and nobody. `also`: who is named already."""
    people = User.objects.filter(organisation_id=house_id, is_active=True)
    holders = list(people.who_may(Right.HOLD_CASES).order_by("display_name"))
    if also is not None and also not in holders:
        holders.append(also)
    return [("", "—"), *((each.username, str(each)) for each in holders)]


class ActForm(Form):
    """An act on a complaint. Each says which fields it has; the complaint gives the choices."""

    #: The word on the key that asks for more fields; empty: the form has all of them.
    more: str | Promise = ""
    #: What is to be known before the form is sent.
    heads_up = ""

    def __init__(self, *args: Any, complaint: Complaint, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.complaint = complaint
        self.user = user
        self.prepare(complaint.summary)
        focus_first(self)

    def prepare(self, summary: ComplaintSummary) -> None:
        """Fills in choices that depend on the complaint."""


class AcceptForm(ActForm):
    """Points: cause, what happened, what is wanted, what of ours is disputed. As many as needed:
    the form is asked for more of them, and keeps what was written.
    """

    more = gettext_lazy("Another point")
    places = forms.IntegerField(
        widget=forms.HiddenInput(),
        initial=FIRST_POINTS,
        min_value=1,
        max_value=MOST_POINTS,
        required=False,
    )

    def prepare(self, summary: ComplaintSummary) -> None:
        """Four fields for each point; those of the first are needed."""
        disputes = _disputable(self.complaint)
        self.causes = _causes(self.complaint)
        for place in range(1, self.count + 1):
            self._add_point(place, disputes, needed=place == 1)

    @property
    def count(self) -> int:
        """For how many points it has fields."""
        given = self.data if self.is_bound else self.initial
        count = number_in(str(given.get("places", ""))) or FIRST_POINTS
        return min(max(count, 1), MOST_POINTS)

    @classmethod
    def with_more(cls, written: Mapping[str, Any], complaint: Complaint, user: User) -> AcceptForm:
        """The form with what was written so far, and fields for more points."""
        places = number_in(str(written.get("places", ""))) or FIRST_POINTS
        initial = dict(written) | {"places": places + MORE_POINTS}
        form = cls(complaint=complaint, user=user, initial=initial, auto_id="act-%s")
        for name in form.fields:
            form.fields[name].widget.attrs.pop("autofocus", None)
        form.fields[f"cause_{form.count}"].widget.attrs["autofocus"] = True
        return form

    def _add_point(self, place: int, disputes: list[tuple[str, Any]], *, needed: bool) -> None:
        """The fields of one point, each named by its number."""
        label = _("Point {number}: cause").format(number=place)
        cause = forms.ChoiceField(label=label, choices=self.causes, required=needed)
        self._add(f"cause_{place}", cause)

        label = _("Point {number}: what happened, when, by whom").format(number=place)
        self._add(f"detail_{place}", _text(label, required=needed))
        label = _("Point {number}: what they want").format(number=place)
        self._add(f"aim_{place}", _line(label, required=needed))

        label = _("Point {number}: what rests until it is decided").format(number=place)
        rests = forms.ChoiceField(label=label, choices=disputes, required=False)
        self._add(f"disputes_{place}", rests)

    def _add(self, name: str, field: forms.Field) -> None:
        dress(field)  # the base dresses only what a class declares
        self.fields[name] = field

    def points(self) -> list[Point]:
        """The points of which anything was written."""
        given = self.cleaned_data
        found = []
        for place in range(1, self.count + 1):
            cause = given.get(f"cause_{place}", "")
            detail = given.get(f"detail_{place}", "")
            aim = given.get(f"aim_{place}", "")
            if not (cause or detail or aim):
                continue

            kind, _colon, text = given.get(f"disputes_{place}", "").partition(":")
            key = number_in(text)
            found.append(Point(cause, detail, aim, kind, key))
        return found


def _causes(complaint: Complaint) -> list[tuple[str, Any]]:
    """The causes that the procedure in force has."""
    house = complaint.organisation
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    entries = causes_of(house, day_of(house, timezone.now()))
    return [("", "—"), *((each.code, each.title[language]) for each in entries)]


def _disputable(complaint: Complaint) -> list[tuple[str, Any]]:
    """What a point may dispute: the case, its accounts and items."""
    if complaint.case is None:
        return [NOTHING]
    found: list[tuple[str, Any]] = [NOTHING, ("case", _("the whole case"))]
    accounts = Account.objects.filter(case=complaint.case).order_by("pk")[:MOST_ITEMS]
    for account in accounts:
        text = _("account {number}").format(number=account.number_shown)
        found.append((f"account:{account.pk}", text))
    for item in Item.objects.filter(case=complaint.case).order_by("due_on", "pk")[:MOST_ITEMS]:
        found.append((f"item:{item.pk}", _("item {number}").format(number=item.number)))
    return found


class OwnForm(ActForm):
    """Who owns it: only those without an interest are offered."""

    owner = forms.ChoiceField(label=pgettext_lazy("complaint", "Owner"), choices=[])
    reason = _line(pgettext_lazy("complaint", "Reason"), required=False)

    def prepare(self, summary: ComplaintSummary) -> None:
        people = possible_owners(self.complaint, role=level_role(self.complaint))
        listed = [(each.username, f"{each} · {each.role_title}") for each in people]
        _chosen(self, "owner", listed)


class PromiseForm(ActForm):
    """The moment that was told to the complainant."""

    until = _moment(gettext_lazy("We answer by"))
    way = forms.ChoiceField(label=gettext_lazy("Told"), choices=_WAYS)
    reason = _line(gettext_lazy("Why it is later than was told before"), required=False)


class CorrectForm(ActForm):
    """What the complaint is about, as it is to stand; what rests of another case."""

    case = _line(gettext_lazy("Case number, where there is one"), required=False)
    creditor = forms.ChoiceField(
        label=gettext_lazy("Client, where there is no case"), required=False, choices=[]
    )
    about = forms.ChoiceField(
        label=gettext_lazy("Collector complained about"), required=False, choices=[]
    )
    rests = forms.ChoiceField(
        label=gettext_lazy("Of another case rests until the points are decided"),
        required=False,
        choices=[NOTHING, ("case", gettext_lazy("the whole case"))],
    )
    owner = forms.ChoiceField(
        label=gettext_lazy("New owner, where the present one would have an interest"),
        required=False,
        choices=[],
    )
    reason = _line(pgettext_lazy("complaint", "Reason"))

    def prepare(self, summary: ComplaintSummary) -> None:
        """As it stands now, to be changed."""
        complaint = self.complaint
        _chosen(self, "creditor", clients(complaint.organisation_id))
        _chosen(self, "about", collectors(complaint.organisation_id, complaint.about_user))
        people = possible_owners(complaint, role=level_role(complaint))
        listed = [(each.username, f"{each} · {each.role_title}") for each in people]
        _chosen(self, "owner", [("", "—"), *listed])

        self.fields["case"].initial = complaint.case.number if complaint.case else ""
        self.fields["creditor"].initial = complaint.creditor.code if complaint.creditor else ""
        about = complaint.about_user
        self.fields["about"].initial = about.username if about is not None else ""

    def entry(self) -> Correction:
        """What is to stand, once the form is valid."""
        return Correction(**self.cleaned_data)


class DepartmentsForm(ActForm):
    """Which departments are told, what they are asked, and by when."""

    departments = forms.MultipleChoiceField(
        label=gettext_lazy("Departments"), widget=forms.CheckboxSelectMultiple(), choices=[]
    )
    question = _line(gettext_lazy("What they are asked"))
    answer_by = _moment(gettext_lazy("Answer by (empty: as the procedure says)"), required=False)

    def prepare(self, summary: ComplaintSummary) -> None:
        told = set(self.complaint.departments.values_list("role", flat=True))
        of_house = roles.of_house(self.complaint.organisation_id)
        inside = [role for role in of_house if not role.looks_in_from_outside]
        listed = [(role.code, role.title) for role in inside if role.code not in told]
        _chosen(self, "departments", listed)


class DepartmentAnswerForm(ActForm):
    """What a department says."""

    role = forms.ChoiceField(label=gettext_lazy("Department"), choices=[])
    text = _text(pgettext_lazy("complaint", "Answer"))

    def prepare(self, summary: ComplaintSummary) -> None:
        titles = roles.titles(self.complaint.organisation_id)
        mine = silent_departments(self.complaint, self.user)
        _chosen(self, "role", [(role, titles.get(role, role)) for role in mine])


def silent_departments(complaint: Complaint, user: User) -> list[str]:
    """The roles that were asked, have not answered, and for which the user may answer."""
    return [each.role for each in silent(complaint) if may_do(each.role, user)]


class ReportForm(ActForm):
    """How the client is told."""

    by_mail = forms.BooleanField(
        label=gettext_lazy("The product sends the mail to the client"), required=False
    )
    note = _line(gettext_lazy("Note, or how the client was told"), required=False)


class ProposeForm(ActForm):
    """What is proposed, and what it costs."""

    number = forms.IntegerField(widget=forms.HiddenInput())
    sort = forms.ChoiceField(
        label=pgettext_lazy("complaint", "Kind of proposal"),
        choices=ComplaintProposal.Sort.choices,
    )
    amount = forms.DecimalField(
        label=gettext_lazy("Amount, of a waiver or refund"),
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
    )
    text = _text(gettext_lazy("What is proposed"))

    def prepare(self, summary: ComplaintSummary) -> None:
        newest = self.complaint.proposals.order_by("-number").first()
        self.fields["number"].initial = newest.number + 1 if newest else 1


class AnswerForm(ActForm):
    """What the complainant says of the proposal."""

    agrees = forms.ChoiceField(
        label=gettext_lazy("The complainant"),
        choices=[
            ("yes", pgettext_lazy("complainant", "agrees")),
            ("no", pgettext_lazy("complainant", "refuses")),
        ],
    )
    way = forms.ChoiceField(label=gettext_lazy("Said"), choices=_WAYS)
    text = _text(gettext_lazy("In their own words"))


class UnreasonableForm(ActForm):
    """Why the demand is held to be unreasonable."""

    harms = forms.BooleanField(
        label=gettext_lazy("It seriously harms the house or its staff"), required=False
    )
    blocks = forms.BooleanField(label=gettext_lazy("It blocks a solution"), required=False)
    reason = _text(pgettext_lazy("complaint", "Reason"))


class SecondForm(ActForm):
    """What the second person says of it."""

    agrees = forms.ChoiceField(
        label=gettext_lazy("The demand is"),
        choices=[
            ("yes", pgettext_lazy("demand", "unreasonable")),
            ("no", pgettext_lazy("demand", "not unreasonable")),
        ],
    )
    reason = _text(pgettext_lazy("complaint", "Reason"))


class SaidForm(ActForm):
    """What was explained, or told, and by which way."""

    way = forms.ChoiceField(label=gettext_lazy("Told"), choices=_WAYS)
    text = _text(gettext_lazy("What was told"))


class EscalateForm(ActForm):
    """Why it goes to the next level."""

    level = forms.IntegerField(widget=forms.HiddenInput())
    reason = _line(pgettext_lazy("complaint", "Reason"))

    def prepare(self, summary: ComplaintSummary) -> None:
        self.fields["level"].initial = summary.complaint_level + 1


class MoreTimeForm(ActForm):
    """Why the law gives more time."""

    sort = forms.ChoiceField(
        label=gettext_lazy("The case is"),
        choices=[
            ("complex", pgettext_lazy("complaint", "complex")),
            ("special", pgettext_lazy("complaint", "special")),
        ],
    )
    reason = _line(pgettext_lazy("complaint", "Reason"))

    def prepare(self, summary: ComplaintSummary) -> None:
        """The ground that the law gives next is chosen; the verb says why the other is refused."""
        now = sorts_now(self.complaint, timezone.now())
        if now:
            self.fields["sort"].initial = now[0]


class DecideForm(ActForm):
    """What is decided of a point."""

    point = forms.ChoiceField(label=gettext_lazy("Complaint point"), choices=[])
    result = forms.ChoiceField(
        label=pgettext_lazy("complaint", "Decision"), choices=ComplaintEvent.Result.choices
    )
    text = _text(gettext_lazy("Grounds"))

    def prepare(self, summary: ComplaintSummary) -> None:
        waiting = self.complaint.points.exclude(events__kind=Kind.DECIDED).order_by("number")
        listed = [(str(p.number), f"{p.number} · {p.get_cause_display()}") for p in waiting]
        _chosen(self, "point", listed)


class PaperForm(ActForm):
    """A document to be kept, or where a recording is."""

    kind = forms.ChoiceField(label=gettext_lazy("What it is"), choices=[])
    file = forms.FileField(label=gettext_lazy("File"), required=False)
    link = forms.CharField(
        label=gettext_lazy("Or the address of a recording"), max_length=MOST_LINE, required=False
    )
    note = _line(gettext_lazy("What is heard there"), required=False)

    def prepare(self, summary: ComplaintSummary) -> None:
        listed = [(kind, kinds.title_of(kind)) for kind in kinds.OF_COMPLAINTS]
        _chosen(self, "kind", listed)

    def clean_file(self) -> Any:
        """A file that is too large is refused before it is read."""
        file = self.cleaned_data["file"]
        if file and file.size > LARGEST:
            raise forms.ValidationError(
                _("The file is larger than {n} MB.").format(n=LARGEST >> 20)
            )
        return file

    def document(self) -> NewDocument | None:
        """The file that was chosen; None where only an address was written."""
        file = self.cleaned_data["file"]
        if not file:
            return None
        return NewDocument(self.cleaned_data["kind"], file.name, file.read(), file.content_type)


class CloseForm(ActForm):
    """Result and lesson."""

    result = forms.ChoiceField(label=gettext_lazy("Result"), choices=ComplaintEvent.Result.choices)
    text = _text(gettext_lazy("How it was settled"))
    lesson = _text(gettext_lazy("What we learn from it"))

    def prepare(self, summary: ComplaintSummary) -> None:
        """Says which departments still owe an answer: closing ends their deadlines."""
        titles = silent_titles(self.complaint)
        if titles:
            self.heads_up = _("These departments have not answered: {titles}.").format(
                titles=titles
            )


class RevealForm(Form):
    """Why somebody looks at the complainant's name."""

    reason = _line(pgettext_lazy("complaint", "Reason"))
