from django import forms

from huikuan.web.forms import FilterForm, Form


class Sample(Form):
    day = forms.DateField(label="日期", help_text="收到的那一天")
    count = forms.IntegerField(label="件数", error_messages={"invalid": "自己的话"})
    stage = forms.ChoiceField(label="阶段", choices=[("M1", "M1")])
    sure = forms.BooleanField(label="确认", required=False)


def test_errors_say_what_to_do() -> None:
    form = Sample({"day": "三月初", "count": "x", "stage": "M9"})
    assert form.errors["day"] == ["日期请按“年-月-日”填写，例如 2026-11-23。"]
    assert form.errors["count"] == ["自己的话"]
    assert form.errors["stage"] == ["请从列出的选项中选择。"]
    assert Sample({}).errors["day"] == ["此项必填，请填写。"]


def test_field_is_dense_and_described() -> None:
    page = str(Sample({"day": "x"})["day"].as_field_group())
    assert 'class="hk-field hk-field-bad' in page
    assert 'aria-describedby="id_day_helptext id_day_error"' in page
    assert 'id="id_day_helptext"' in page
    assert 'id="id_day_error"' in page
    assert 'type="date"' in page
    assert "form-control-sm" in page


def test_whole_form_uses_it() -> None:
    page = str(Sample())
    assert page.count('class="hk-field') == 4
    assert "hk-field-check" in page
    assert "form-select-sm" in page


class Filters(FilterForm):
    stage = forms.ChoiceField(choices=[("", "全部"), ("M1", "M1")])
    q = forms.CharField()
    after = forms.DateField()


def test_filters_drop_what_they_do_not_understand() -> None:
    assert Filters({"stage": "M1", "q": "王", "after": "x"}).chosen == {"stage": "M1", "q": "王"}
    assert Filters({"stage": "'; drop"}).chosen == {}
    assert Filters().chosen == {}
