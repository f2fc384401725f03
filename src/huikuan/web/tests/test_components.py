import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.core.paginator import Paginator
from django.utils import translation

from huikuan.lib.problems import problem
from huikuan.web.templatetags import huikuan_web as tags
from huikuan.web.tests.conftest import Render, make_request, make_user

NIGHT = dt.datetime(2026, 11, 22, 16, 30, tzinfo=dt.UTC)
#: Of the house's clock: the end of the 22nd.
MIDNIGHT = dt.datetime(2026, 11, 22, 16, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("{{ 1290800|money }}", "¥12,908.00"),
        ("{{ 0|money }}", "¥0.00"),
        ("{{ nothing|money }}", "—"),
        ('{{ 1290800|money:"USD" }}', "US$12,908.00"),
        ('{{ 12908|money:"JPY" }}', "JP¥12,908"),
        ("{{ 1290805|amount }}", "12,908.05"),
        ("{{ 12908|count }}", "12,908"),
        ("{{ share|percent }}", "41%"),
        ("{{ share|percent:1 }}", "41.2%"),
        ("{{ night|day }}", "2026-11-23"),
        ("{{ night|moment }}", "2026-11-23 00:30"),
        ("{{ night|clock }}", "00:30"),
        ("{{ night|short_day }}", "11-23"),
        ("{{ night|ends_at }}{{ nothing|ends_at }}", "2026-11-23 00:30—"),
        ("{{ midnight|ends_at }}", "2026-11-22 24:00"),
        ("{{ nothing|moment }}{{ nothing|day }}{{ nothing|clock }}", "———"),
        ("{{ lacking|count }}{{ lacking|money }}{{ lacking|day }}{{ lacking|percent }}", "————"),
        ("{{ deadline|clock }}", "18:00"),
        ("{{ '王小明'|mask_name }}", "王**"),
        ("{{ '+8613800005521'|mask_phone }}", "138****5521"),
        ("{{ '6222020000001234'|mask_tail }}", "****1234"),
        ("{{ 0|dash }}{{ ''|dash }}", "0—"),
        ("{{ 'zh-hans'|html_lang }} {{ 'en'|html_lang }}", "zh-Hans en"),
        ('{% badge markup "bad" %}', '<span class="hk-badge hk-bad">&lt;b&gt;</span>'),
        ('{% badge "x" "no such tone" %}', '<span class="hk-badge hk-neutral">x</span>'),
    ],
)
def test_values_as_people_read_them(render: Render, source: str, shown: str) -> None:
    context = {
        "night": NIGHT,
        "midnight": MIDNIGHT,
        "share": Decimal("0.412"),
        "deadline": dt.time(18),
        "markup": "<b>",
        "nothing": None,
    }
    assert render(source, **context) == shown


def test_a_deadline_says_until_when_and_when_it_was_met(render: Render) -> None:
    clock = SimpleNamespace(due_at=MIDNIGHT, met_at=None)
    row = SimpleNamespace(clock=clock, state="计时中", tone="info")
    assert "截止 2026-11-22 24:00" in render("{% deadline row %}", row=row)

    clock.met_at = NIGHT - dt.timedelta(hours=3)
    said = render("{% deadline row title %}", row=row, title="导入")
    assert said.startswith("导入")
    assert "2026-11-22 21:30 完成（截止 2026-11-22 24:00）" in said


def test_dollars_in_english(render: Render) -> None:
    with translation.override("en"):
        assert render('{{ 1290800|money:"USD" }}') == "$12,908.00"


def test_asset_changes_with_the_file() -> None:
    assert tags.asset("web/keys.js").startswith("/static/web/keys.js?v=")
    assert len(tags.asset("web/keys.js").partition("?v=")[2]) == 10


def test_problem_list_says_place_problem_and_remedy(render: Render) -> None:
    found = [
        problem(
            "id.check_digit", file="a.xlsx", row=17, column="证件号码", value="440301198001011235"
        )
    ]
    page = render('{% problem_list problems download="/bad.xlsx" %}', problems=found)
    assert "a.xlsx:17:证件号码" in page
    assert "440301198001011235" in page
    assert "处理办法" in page
    assert 'href="/bad.xlsx"' in page
    assert "没有发现问题" in render("{% problem_list problems %}", problems=[])


def test_problem_list_is_cut_and_says_so(render: Render) -> None:
    page = render(
        "{% problem_list problems limit=2 %}",
        problems=[problem("date.empty", row=n) for n in range(5)],
    )
    assert page.count("<tr>") == 3
    assert "共 5 个问题" in page
    assert "此处只显示前 2 条" in page


def test_numbered_pages_keep_the_filters(render: Render, user: object) -> None:
    page = Paginator(range(230), 50).page(2)
    shown = render("{% pagination page %}", make_request("/work/?stage=M2&page=2", user), page=page)
    assert 'href="?stage=M2&amp;page=3"' in shown
    assert 'aria-current="page">2<' in shown
    assert "第 51–100 条，共 230 条" in shown


def test_sort_head_turns_around(render: Render, user: object) -> None:
    head = '{% sort_head "余额" "balance" numeric=True %}'
    assert 'href="?sort=balance"' in render(head, make_request("/work/", user))
    once = render(head, make_request("/work/?sort=balance&page=4", user))
    assert 'href="?sort=-balance"' in once
    assert 'aria-sort="ascending"' in once


def test_confirm_button_posts_with_token(render: Render) -> None:
    page = render('{% confirm_button "退案" "/x/" "退回委托方？" tone="danger" key="b" %}')
    assert 'data-confirm="退回委托方？"' in page
    assert 'name="csrfmiddlewaretoken" value="' in page
    assert 'data-key="b"' in page


def test_refusal_names_facts_rule_and_time(render: Render) -> None:
    page = render(
        "{% refusal '不可拨打' reasons rules=rules earliest=night %}",
        reasons=["今日已拨打 3 次"], rules=[SimpleNamespace(code="GATE-07", clause="第 28 条")], night=NIGHT,
    )  # fmt: skip
    for part in (
        "不可拨打",
        "今日已拨打 3 次",
        "GATE-07",
        "第 28 条",
        "最早可于 2026-11-23（周一）00:30 进行",
        "hk-verdict-bad",
    ):
        assert part in page


def test_progress_asks_until_it_is_done(render: Render) -> None:
    assert 'hx-get="/p/"' in render('{% progress "/p/" 3 10 %}')
    assert "hx-get" not in render('{% progress "/p/" 10 10 done=True %}')


def test_steps_timeline_and_definitions(render: Render) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    steps = [{"label": "核实身份", "state": "done"}, {"label": "了解原因", "state": "now"}]
    assert render("{% steps items %}", items=steps).count("aria-current") == 1
    events = [
        {
            "at": dt.datetime(2026, 11, 23, 14, 30, tzinfo=zone),
            "title": "电话",
            "text": "a\nb",
            "icon": "phone",
        },
        {"at": dt.date(2026, 11, 9), "title": "还款"},
    ]
    page = render("{% timeline events %}", events=events)
    assert "2026-11-23 14:30" in page
    assert ">2026-11-09<" in page
    assert "a<br>b" in page
    assert "<dd>—</dd>" in render("{% definitions items %}", items=[("住址", None)])


def test_base_page_names_organisation_team_and_user(render: Render) -> None:
    page = render('{% extends "web/base.html" %}{% block heading %}今日{% endblock %}')
    assert "示范催收中心 · 一组 · 王磊" in page
    assert "催收员" in page
    assert '<html lang="zh-Hans">' in page
    assert '"includeIndicatorStyles": false' in page
    assert '"allowEval": false' in page


def test_a_zero_alarms_nobody(render: Render) -> None:
    assert "hk-stat-bad" in render('{% stat "超时" 3 "" "bad" %}')
    assert "hk-stat-bad" not in render('{% stat "超时" 0 "" "bad" %}')


def test_only_those_who_write_are_offered_it(render: Render) -> None:
    source = "{% if request.user|writes %}yes{% endif %}"
    assert render(source, make_request(user=make_user("collector"))) == "yes"
    assert render(source, make_request(user=make_user("quality"))) == ""
