"""The gate asked from the screen and by a dialer."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.utils import translation
from tests import people

from huikuan.casebook.models import GateDecision, PackVersion
from huikuan.gate import describe
from huikuan.gate.check import check
from huikuan.gate.tests.test_check import NINE, called, placed
from huikuan.people import roles

pytestmark = [pytest.mark.django_db, pytest.mark.urls("huikuan.gate.tests.urls")]


def test_a_dialer_gets_json_and_the_decision_is_kept(
    packs: list[PackVersion], client: Client
) -> None:
    case, point, user = placed("K")
    client.force_login(user)
    answer = client.post(
        f"/gate/{case.number}/ask/",
        {"point": point.pk, "channel": "call"},
        headers={"accept": "application/json"},
    )
    kept = GateDecision.objects.get()
    body = answer.json()
    assert (body["decision"], body["case"], body["allowed"]) == (kept.pk, case.number, kept.allowed)


def test_the_card_names_rule_and_clause(packs: list[PackVersion], client: Client) -> None:
    case, point, user = placed("K")
    people.make_hold(case, people.PLACED_ON, "complaint")
    called(case, point, 0)
    client.force_login(user)
    answer = client.post(
        f"/gate/{case.number}/ask/",
        {"point": point.pk, "channel": "call"},
        headers={"accept-language": "zh-hans"},
    )
    page = answer.content.decode()
    assert answer.status_code == 200 and "CN-HOLD" in page and "信用卡办法 第70条" in page


@pytest.mark.parametrize(
    "given",
    [{"channel": "fax"}, {"channel": "call", "point": "0"}, {"channel": "visit", "staff": "two"}],
)
def test_what_is_no_act_is_a_bad_request(
    packs: list[PackVersion], client: Client, given: dict[str, str]
) -> None:
    case, _, user = placed("K")
    client.force_login(user)
    assert client.post(f"/gate/{case.number}/ask/", given).status_code == 400
    assert not GateDecision.objects.exists()


def test_walls(packs: list[PackVersion], client: Client) -> None:
    case, point, _ = placed("K")
    address, act = f"/gate/{case.number}/ask/", {"point": point.pk, "channel": "call"}
    assert client.post(address, act).status_code == 302
    _, _, stranger = placed("L", "bank2", people.make_agency())
    client.force_login(stranger)
    assert client.post(address, act).status_code == 404
    roles.give(stranger, ["quality"])
    assert client.post(address, act, headers={"hx-request": "true"}).status_code == 403
    assert not GateDecision.objects.exists()


def test_a_decision_speaks_the_readers_language(packs: list[PackVersion]) -> None:
    case, point, user = placed("K")
    called(case, point, 3)
    decision = check(case, point, "call", actor=user, at=NINE, style="interactive", record=False)
    with translation.override("en"):
        (rule,) = describe.said(decision)
        assert (
            rule.title.startswith("Interactive calls")
            and "effective calls today: 3" in rule.facts
            and rule.confirm
        )
    with translation.override("zh-hans"):
        (rule,) = describe.said(decision)
        assert rule.title.startswith("交互类催收")
    told = describe.as_json(decision)
    assert json.loads(json.dumps(told))["rule"] == "CN-FREQ-TALK"
    assert told["earliest"].startswith("2026-11-24T08:00") and told["decision"] is None


def test_the_card_shows_no_raw_word(packs: list[PackVersion]) -> None:
    case, point, user = placed("K")
    people.make_status(point, case, "stranger", people.PLACED_ON)
    decision = check(case, point, "call", actor=user, at=NINE, style="interactive", record=False)
    with translation.override("zh-hans"):
        facts = [fact for rule in describe.said(decision) for fact in rule.facts]
    assert "联系方式状态：号码已换机主" in facts
    assert not [
        fact for fact in facts if any(letter.isascii() and letter.isalpha() for letter in fact)
    ]
