"""The guided call in a real Chromium, by keyboard: the branches of the flowchart, a refusal, two at once, a lost connection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import connections
from django.test.testcases import LiveServerThread
from tests import people

from huikuan.calls.tests.call import DAY, Room, lose, make_room
from huikuan.casebook import facts
from huikuan.casebook.models import ContactRecord, GateDecision, PackVersion, PointStatus
from huikuan.engine.time_of_day import clock
from huikuan.people.models import User

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(procedures: None, django_db_blocker: Any) -> Iterator[str]:
    """One server for all stories. What they write is committed, so the tables are emptied at the end."""
    with django_db_blocker.unblock():
        # Whitenoise serves the static files.
        thread = LiveServerThread("localhost", lambda application: application)
        thread.daemon = True
        thread.start()
        thread.is_ready.wait()
        if thread.error:
            raise thread.error
        yield f"http://{thread.host}:{thread.port}"
        thread.terminate()
        connections.close_all()
        call_command("flush", interactive=False, verbosity=0)


_houses = iter(range(1, 1000))


@pytest.fixture
def room(server: str) -> Room:
    number = next(_houses)
    return make_room(name=f"欧阳{chr(0x4E00 + number)}", code=f"browser{number}")


Tab = Callable[..., Any]
#: Milliseconds: twice and more of htmx's own delay.
SETTLES = 60


@pytest.fixture
def tab(server: str, browser: Any, room: Room) -> Iterator[Tab]:
    """Opens the call page as a user; any complaint of the browser that is not the answer 422 fails the story."""
    contexts, complaints = [], list[str]()

    def open_as(user: User | None = None, name: str = "call", point: Any = None) -> Any:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
        contexts.append(context)
        context.add_cookies(
            [
                {
                    "name": settings.SESSION_COOKIE_NAME,
                    "value": session(user or room.collector),
                    "url": server,
                }
            ]
        )
        page = context.new_page()
        page.set_default_timeout(5000)
        page.on(
            "console",
            lambda message: complaints.append(message.text) if message.type == "error" else None,
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(server + room.address(name, point))
        return page

    yield open_as
    for context in contexts:
        context.close()
    # Problems of the form; the line that was cut.
    expected = ("422", "ERR_INTERNET_DISCONNECTED", "htmx:")
    assert [one for one in complaints if not any(part in one for part in expected)] == []


def session(user: User) -> str:
    store = SessionStore()
    store[SESSION_KEY], store[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store.save()
    return str(store.session_key)


def keys(page: Any, *pressed: str) -> None:
    for key in pressed:
        page.keyboard.press(key)


IS_AT_REST = """() => !document.querySelector(
    ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"
)"""


def settled(page: Any) -> None:
    """htmx makes what it has put into the page work some milliseconds later; no hand is that quick.

    On a busy machine it takes longer: until then htmx marks what it put in.
    """
    page.wait_for_timeout(SETTLES)
    page.wait_for_function(IS_AT_REST)


def dial(page: Any) -> None:
    page.keyboard.press("d")
    page.wait_for_selector("[data-decision]")
    settled(page)


def save(page: Any) -> str:
    """Ctrl+Enter; what follows, as text."""
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("[data-saved]")
    settled(page)
    return str(page.locator("[data-saved]").inner_text())


def choose(page: Any, code: str) -> None:
    """The outcome's own key, as the page shows it."""
    chosen = page.locator(f"fieldset[data-outcomes]:not([hidden]) input[value={code}]")
    page.keyboard.press(chosen.get_attribute("data-key"))


PUT = """day => {
    const field = document.activeElement;
    field.value = day;
    field.dispatchEvent(new Event("input", {bubbles: true}));
}"""


def type_day(page: Any, day: Any) -> None:
    """Into a date field that has the focus; in which order its parts are typed depends on the browser's language."""
    page.evaluate(PUT, str(day))


@pytest.mark.django_db  # a session whose tests are all unmarked gets no database
def test_the_shipped_procedures_are_in_force(procedures: None) -> None:
    assert PackVersion.objects.filter(pack="phone_collection").exists()


def test_the_debtor_is_identified_and_promises(tab: Tab, room: Room) -> None:
    page = tab()
    dial(page)
    keys(page, "1")
    assert "1,234.50" not in page.locator("[data-script-card]").inner_text()
    assert page.locator("input[value=promised]").is_hidden()
    keys(page, "v")
    assert "1,234.50" in page.locator("[data-script-card]").inner_text()
    choose(page, "promised")
    page.keyboard.type("500")
    page.keyboard.press("Enter")
    type_day(page, room.today + 2 * DAY)
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    keys(page, "Escape", "9")
    assert "承诺" in page.locator("#note").input_value()
    text = save(page)
    assert "承诺还款" in text
    assert "¥500.00" in text
    contact = room.saved()
    assert (contact.outcome, contact.reason_code, contact.willingness) == (
        "promised",
        "hardship",
        "willing",
    )
    keys(page, "u")
    # Undoing waits until the case is planned anew, and the first plan of a process compiles the pack.
    page.wait_for_selector("#call-form:not([hidden])", timeout=20_000)
    assert not ContactRecord.objects.filter(case=room.case).exists()
    assert page.locator("#promise_amount").input_value() == "500"
    save(page)
    assert ContactRecord.objects.filter(case=room.case).count() == 1


def test_a_relative_is_asked_to_relay_and_hears_nothing_of_the_debt(tab: Tab, room: Room) -> None:
    lose(room)
    page = tab(point=room.relative)
    dial(page)
    keys(page, "2")
    script = page.locator("[data-script-card]").inner_text()
    assert "转告" in script
    assert "1,234.50" not in page.locator("[data-script-card]").evaluate("card => card.innerHTML")
    choose(page, "will_relay")
    keys(page, "9")
    assert "答应转告" in save(page)


def test_a_colleague_says_when_to_call_again(tab: Tab, room: Room) -> None:
    page = tab()
    dial(page)
    keys(page, "3")
    choose(page, "out_now")
    assert page.evaluate("document.activeElement.dataset.nextOn") is not None
    page.keyboard.press("Enter")
    keys(page, "Escape", "9")
    save(page)
    contact = room.saved()
    assert (contact.answered, contact.outcome, contact.next_contact_on is not None) == (
        "colleague",
        "out_now",
        True,
    )


def test_a_friend_says_the_relation_first(tab: Tab, room: Room) -> None:
    page = tab()
    dial(page)
    keys(page, "4")
    choose(page, "will_relay")
    assert page.evaluate("document.activeElement.id") == "relation"
    page.keyboard.type("大学同学")
    keys(page, "Escape", "9")
    save(page)
    assert "大学同学" in room.saved().note


LEAVE_ON_SWAP = """() => {
    document.addEventListener("htmx:afterSwap", () => document.activeElement.blur(), {once: true});
    document.addEventListener("htmx:afterSettle", () => { document.body.dataset.settled = "yes"; });
}"""


def test_a_field_that_was_left_while_an_answer_came_stays_left(tab: Tab, room: Room) -> None:
    page = tab()
    dial(page)
    waiting: list[Any] = []
    page.route("**/answered/", lambda route: waiting.append(route))
    with page.expect_request("**/answered/"):
        keys(page, "4")
        choose(page, "will_relay")
    assert page.evaluate("document.activeElement.id") == "relation"
    page.evaluate(LEAVE_ON_SWAP)
    page.wait_for_timeout(SETTLES)
    waiting.pop().continue_()
    page.wait_for_selector("body[data-settled]")
    settled(page)
    assert page.evaluate("document.activeElement === document.body")


def test_nobody_answers(tab: Tab, room: Room) -> None:
    page = tab()
    dial(page)
    keys(page, "7")
    choose(page, "no_answer")
    slot = page.locator("[data-retry-slot]")
    proposed = [slot.get_attribute("data-next-on"), slot.get_attribute("data-next-at")]
    assert [page.input_value("#next_on"), page.input_value("#next_at")] == proposed
    assert "未接通" in save(page) or not room.saved().connected
    saved = room.saved()
    assert (saved.connected, saved.seconds) == (False, None)
    assert [str(saved.next_contact_on), clock(saved.next_contact_minute)] == proposed


def test_another_outcome_takes_the_next_slot_out_again(tab: Tab, room: Room) -> None:
    page = tab()
    dial(page)
    keys(page, "7")
    choose(page, "no_answer")
    assert page.input_value("#next_on")
    keys(page, "=")
    choose(page, "suspended")
    assert page.input_value("#next_on") == "" == page.input_value("#next_at")
    assert not page.locator("[data-retry-slot]").is_visible()


def test_the_number_has_a_new_owner(tab: Tab, room: Room) -> None:
    page = tab()
    dial(page)
    keys(page, "6")
    choose(page, "new_owner")
    keys(page, "9")
    save(page)
    assert PointStatus.objects.get(point=room.mobile).status == "stranger"


def test_a_refused_contact_is_only_recorded_with_a_reason(tab: Tab, room: Room) -> None:
    people.make_hold(room.case, room.today - DAY)
    facts.refresh([room.case.pk])
    page = tab()
    assert "CN-HOLD" in page.locator("#call-start").inner_text()
    page.keyboard.press("d")
    assert page.locator("[data-decision]").count() == 0
    page.keyboard.press("o")
    page.wait_for_selector("#override_reason:focus")
    page.keyboard.type("债务人来电要求回复")
    keys(page, "Tab", "Enter")
    page.wait_for_selector("[data-decision]")
    assert page.locator("a[href^='tel:']").count() == 0
    keys(page, "7")
    choose(page, "no_answer")
    assert "违规联系" in save(page) or room.saved().override_reason
    assert room.saved().override_reason == "债务人来电要求回复"


def test_problems_stand_beside_their_fields_and_the_first_has_the_focus(
    tab: Tab, room: Room
) -> None:
    page = tab()
    dial(page)
    keys(page, "1", "v")
    choose(page, "promised")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".hk-field-bad")
    assert page.evaluate("document.activeElement.id") == "promise_amount"
    bad = page.locator(".hk-field-bad").evaluate_all("parts => parts.map(part => part.id)")
    assert bad == ["field-promise_amount", "field-promise_on", "field-reason_code", "field-note"]


def test_a_double_click_saves_once(tab: Tab, room: Room) -> None:
    page = tab()
    dial(page)
    keys(page, "7")
    choose(page, "no_answer")
    page.evaluate(
        "() => { const form = document.querySelector('#call-form'); form.requestSubmit(); form.requestSubmit(); }"
    )
    page.wait_for_selector("[data-saved]")
    assert ContactRecord.objects.filter(case=room.case).count() == 1


def test_the_second_of_two_collectors_is_told_what_the_first_did(tab: Tab, room: Room) -> None:
    mine, theirs = tab(), tab(room.colleague)
    for page in (mine, theirs):
        dial(page)
        keys(page, "7")
        choose(page, "no_answer")
    save(theirs)
    text = save(mine)
    assert room.colleague.display_name in text
    assert ContactRecord.objects.filter(case=room.case).count() == 2


def test_a_lost_connection_loses_nothing_and_saves_once(tab: Tab, room: Room) -> None:
    page = tab()
    dial(page)
    keys(page, "1", "v")
    choose(page, "refuses")
    page.keyboard.type("本人称不会还款")
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("[data-line=offline]:not([hidden])")
    assert page.locator("#note").input_value() == "本人称不会还款"
    page.context.set_offline(False)
    page.wait_for_selector("[data-saved]")
    assert ContactRecord.objects.filter(case=room.case).count() == 1


def test_a_draft_comes_back_with_the_call_that_was_started(tab: Tab, room: Room) -> None:
    page = tab()
    dial(page)
    keys(page, "1", "v")
    choose(page, "refuses")
    page.keyboard.type("写到一半")
    page.wait_for_timeout(400)  # a draft is kept when one stops typing
    page.reload()
    page.wait_for_selector("[data-line=draft]:not([hidden])")
    assert page.locator("#note").input_value() == "写到一半"
    assert page.locator("input[value=refuses]").is_checked()
    assert GateDecision.objects.filter(case=room.case).count() == 1
    page.locator("#note").focus()
    save(page)
    assert page.evaluate("Object.keys(localStorage).length") == 0
    assert room.saved().note == "写到一半"


def test_no_answer_is_one_key_and_leads_to_its_outcomes(tab: Tab, room: Room) -> None:
    page = tab()
    dial(page)
    page.wait_for_selector("#line [data-mark=ended]")
    settled(page)
    keys(page, "e")
    page.wait_for_selector("#who-nobody:checked", state="attached")
    assert page.locator("fieldset[data-outcomes=nobody]").first.is_visible()

    first = page.locator("fieldset[data-outcomes=nobody]:not([hidden]) input[name=outcome]").first
    keys(page, first.get_attribute("data-key"))
    save(page)
    assert room.saved().outcome == first.get_attribute("value")
    assert not room.saved().connected


def test_saving_without_an_answer_says_what_is_missing_and_no_longer(tab: Tab, room: Room) -> None:
    page = tab()
    dial(page)
    keys(page, "Control+Enter")
    page.wait_for_selector("#field-answered .errorlist")
    assert page.locator("#field-answered .errorlist").is_visible()

    keys(page, "1")
    assert page.locator(".errorlist").count() == 0
    keys(page, "Control+Enter")
    page.wait_for_selector("#field-outcome .errorlist")
    keys(page, "2")
    assert page.locator(".errorlist").count() == 0, "what was wrong with one answer"


def test_the_debt_appears_beside_with_the_identity_and_not_before(tab: Tab, room: Room) -> None:
    page = tab()
    owed = page.locator("#call-file .hk-file-sum")
    assert owed.count() == 0
    assert page.locator("[data-prepare]").is_visible(), "before dialling one prepares"
    dial(page)
    assert page.locator("[data-prepare]").is_hidden()
    keys(page, "1")
    assert owed.count() == 0
    keys(page, "v")
    assert owed.is_visible() and page.locator("[data-prepare]").is_visible()
    assert page.locator("[data-debt-hidden]").count() == 0


def test_a_call_without_a_draft_is_recorded_and_not_made_again(tab: Tab, room: Room) -> None:
    page = tab()
    dial(page)
    page.evaluate("localStorage.clear()")
    other = tab()
    other.wait_for_selector("[data-begun]")
    assert other.locator("[data-no-call]").count() == 0, "the line knows that it took place"
    keys(other, "r")
    other.wait_for_selector("[data-decision]")
    assert GateDecision.objects.filter(case=room.case).count() == 1


def test_a_call_that_was_none_is_said_to_be_none(tab: Tab, room: Room) -> None:
    room.start()
    page = tab()
    page.locator("[data-no-call]").click()
    page.wait_for_selector("text=这次通话实际没有进行")
    assert page.locator("[data-begun]").count() == 0
