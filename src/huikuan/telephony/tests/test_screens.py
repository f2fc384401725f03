"""The eight questions of dial, call and mark; and one call from end to end over real connections."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests import people

from huikuan.casebook.models import Act, PhoneCall
from huikuan.ops.made_once import made_once
from huikuan.people.models import User
from huikuan.telephony.dial import dial
from huikuan.telephony.tests.conftest import (
    NUMBER,
    Exchange,
    Office,
    make_office,
    message,
    told_over_http,
)

JSON = {"Accept": "application/json"}


def signed_in(user: User, language: str = "zh-hans") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


@made_once
def call(office: Office) -> PhoneCall:
    dialled = dial(office.permission().pk, actor=office.collector, at=timezone.now())
    assert dialled.call is not None
    return dialled.call


def addresses(call: PhoneCall) -> dict[str, str]:
    return {
        "dial": reverse("telephony:dial"),
        "call": reverse("telephony:call", args=[call.call_id]),
        "mark": reverse("telephony:mark", args=[call.call_id, "ended"]),
    }


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_1_a_call_is_dialled_marked_and_shown(office: Office, language: str) -> None:
    client = signed_in(office.collector, language)
    page = client.post(
        reverse("telephony:dial"), {"decision": office.permission().pk}
    ).content.decode()
    call = PhoneCall.objects.get()
    to = addresses(call)
    assert "data-elapsed" in page and NUMBER not in page and "every" not in page
    talking = client.post(reverse("telephony:mark", args=[call.call_id, "answered"]))
    assert talking.status_code == 200
    ended = client.post(to["mark"]).content.decode()
    assert "data-elapsed" not in ended and "data-seconds" in ended
    assert client.get(to["call"]).content.decode() == ended


def test_1_a_dialer_gets_json(office: Office, adapter, exchange: Exchange) -> None:
    client, address = signed_in(office.collector), reverse("telephony:dial")
    assert (
        client.post(address, {"decision": office.permission().pk}, headers=JSON).json()["mode"]
        == "console"
    )
    adapter("link-tel")
    answer = client.post(address, {"decision": office.permission().pk}, headers=JSON).json()
    assert answer["href"] == f"tel:{NUMBER}" and set(answer) == {"call", "mode", "href"}
    adapter("originate", exchange.url)
    exchange.answer = 503
    failed = client.post(address, {"decision": office.permission().pk}, headers=JSON)
    assert failed.status_code == 502 and failed.json()["problems"][0]["code"] == "dial.failed"
    for wrong in ("", "x", "0", "9" * 30):
        assert client.post(address, {"decision": wrong}, headers=JSON).status_code == 422


def test_1_the_state_asks_again_only_while_the_line_has_something_to_tell(
    office: Office, call: PhoneCall
) -> None:
    client, address = signed_in(office.collector), addresses(call)["call"]
    assert "hx-trigger" not in client.get(address).content.decode()
    PhoneCall.objects.update(adapter="originate")
    assert 'hx-trigger="every 2s"' in client.get(address).content.decode()
    PhoneCall.objects.update(answered_at=timezone.now())
    page = client.get(address).content.decode()
    assert 'hx-trigger="every 5s"' in page and "/answered/" not in page
    PhoneCall.objects.update(ended_at=timezone.now())
    assert "hx-trigger" not in client.get(address).content.decode()


def test_2_wrong_methods(office: Office, call: PhoneCall) -> None:
    client, to = signed_in(office.collector), addresses(call)
    assert client.get(to["dial"]).status_code == client.get(to["mark"]).status_code == 405
    assert client.post(to["call"]).status_code == 405


def test_3_another_team_or_organisation_finds_nothing(office: Office, call: PhoneCall) -> None:
    stranger = people.make_user("manager", people.make_house("other"))
    permission = office.permission()
    for user in (stranger, office.colleague):
        client, to = signed_in(user), addresses(call)
        assert client.get(to["call"]).status_code == client.post(to["mark"]).status_code == 404
        assert client.post(to["dial"], {"decision": permission.pk}).status_code == 422
    assert PhoneCall.objects.count() == 1


def test_4_who_may_only_look_does_not_dial(office: Office, call: PhoneCall) -> None:
    client, to = signed_in(people.make_user("quality")), addresses(call)
    assert (
        client.post(to["dial"], {"decision": 1}).status_code
        == client.post(to["mark"]).status_code
        == 403
    )
    page = client.get(to["call"])
    assert page.status_code == 200 and "<button" not in page.content.decode()


def test_5_not_signed_in(office: Office, call: PhoneCall) -> None:
    for address in addresses(call).values():
        assert Client().post(address)["Location"].startswith("/sign-in/")


def test_6_already_done(office: Office, call: PhoneCall) -> None:
    client = signed_in(office.collector)
    again = client.post(reverse("telephony:dial"), {"decision": call.decision_id})
    assert again.status_code == 200 and str(call.call_id) in again.content.decode()
    assert PhoneCall.objects.count() == 1
    for _ in range(2):
        assert client.post(addresses(call)["mark"]).status_code == 200
    assert Act.objects.filter(verb="telephony.ended").count() == 1


def test_7_looking_writes_nothing(office: Office, call: PhoneCall) -> None:
    acts = Act.objects.count()
    signed_in(office.collector).get(addresses(call)["call"])
    assert Act.objects.count() == acts


def test_8_number_of_queries(office: Office, call: PhoneCall) -> None:
    client = signed_in(office.collector)
    for address, most, post in (
        (addresses(call)["call"], 6, None),
        (reverse("telephony:dial"), 17, office.permission().pk),
    ):
        people.nothing_waits()
        with CaptureQueriesContext(connection) as found:
            client.post(address, {"decision": post}) if post else client.get(address)
        assert len(found) <= most, (address, len(found))


@pytest.mark.django_db(transaction=True)
def test_a_call_from_end_to_end(live_server, adapter, exchange: Exchange) -> None:
    """The collector dials, the telephone system takes the call and reports, the screen shows it: all over HTTP."""
    office = make_office()
    adapter("originate", exchange.url)
    client = signed_in(office.collector)
    call_id = client.post(
        reverse("telephony:dial"), {"decision": office.permission().pk}, headers=JSON
    ).json()["call"]
    taken = exchange.taken[0]
    assert taken["call_id"] == call_id and taken["callee"] == NUMBER
    for event in ("ringing", "answered"):
        assert told_over_http(live_server.url, message(taken["call_id"], event)) == 200
    assert "通话中" in client.get(reverse("telephony:call", args=[call_id])).content.decode()
    assert told_over_http(live_server.url, message(call_id, "ended", cause="normal")) == 200
    recording = message(call_id, "recording", recording="https://pbx.example.com/r/2.wav")
    assert told_over_http(live_server.url, recording) == 200
    page = client.get(reverse("telephony:call", args=[call_id])).content.decode()
    assert "data-seconds" in page and "https://pbx.example.com/r/2.wav" in page
