"""States look the same on every page, and every state of a model that has a look is named."""

import pytest
from django.template import Context, Template

from huikuan.casebook.models import Approval, PaymentFile, Placement
from huikuan.web.states import LOOKS, look
from huikuan.web.templatetags.huikuan_web import TONES


def shown(text: str, **values: object) -> str:
    return Template("{% load huikuan_states %}" + text).render(Context(values)).strip()


def test_every_tone_is_one_of_the_style_sheet() -> None:
    tones = {found.tone for kind in LOOKS.values() for found in kind.values()}
    assert tones <= TONES


@pytest.mark.parametrize(
    ("kind", "model"),
    [("placement", Placement), ("payment file", PaymentFile)],
)
def test_every_state_of_the_model_has_a_look(kind: str, model: type) -> None:
    assert set(LOOKS[kind]) == set(model.Status.values)


def test_a_decision_that_was_refused_has_its_own_word() -> None:
    badge = shown('{% state_badge "approval" state "given" %}', state=Approval.Status.REFUSED)
    assert "hk-bad" in badge
    assert "given" not in badge


def test_the_models_word_stands_where_there_is_no_other() -> None:
    badge = shown('{% state_badge "approval" "granted" "granted by all" %}')
    assert badge == '<span class="hk-badge hk-good">granted by all</span>'


def test_a_state_that_nobody_has_named_is_grey_and_readable() -> None:
    assert shown('{% state_badge "approval" "lapsed" %}') == (
        '<span class="hk-badge hk-neutral">lapsed</span>'
    )


def test_a_kind_that_nobody_has_named_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        look("letter", "sent")


def test_a_person_is_masked_and_a_company_is_not() -> None:
    class Debtor:
        def __init__(self, kind: str, name: str) -> None:
            self.kind = kind
            self.name = name
            self.number = "K-1"

    text = "{{ who|person_name }}"
    assert shown(text, who=Debtor("person", "欧阳试一")) == "欧阳**"
    assert shown(text, who=Debtor("company", "试验商贸有限公司")) == "试验商贸有限公司"
    assert shown(text, who=Debtor("company", "")) == "K-1"
    assert shown(text, who=Debtor("person", "")) == "—"
