"""P5 on screen: a customer through two statement months, from the draft to the unlocked deliveries.

Every person works with the keyboard. Mails leave through an SMTP server and come back by IMAP; the
order system is a web server that checks our signature and calls back, signed.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from pydantic import SecretStr
from pypdf import PdfReader

from huikuan.casebook import facts
from huikuan.casebook.models import Case, OutboxMessage, PackBinding, Task
from huikuan.lib.calendar import china
from huikuan.lib.signature import sign, valid
from huikuan.outbox.mailbox import read_mailbox
from huikuan.outbox.send import send_due
from huikuan.outbox.targets import set_target
from huikuan.outbox.tests import imap_server
from huikuan.outbox.tests.conftest import (  # noqa: F401 (fixtures)
    MailServerOfTest,
    house_settings,
    mail_server,
)
from huikuan.payments.post import PaymentEntry, post
from huikuan.people.models import User
from huikuan.planning import load
from huikuan.planning.plan import plan
from huikuan.receivables.open_months import open_months
from tests import people
from tests.site import DESK, tab

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PLACED = dt.date(2026, 10, 5)
CUSTOMER = "caiwu@haichuan.example.com"
SECRET = "a-secret-of-the-order-system"
MINUTE = dt.timedelta(minutes=1)


def day(month: int, number: int, year: int = 2026) -> dt.date:
    return dt.date(year, month, number)


# --- the far sides --------------------------------------------------------------------------------


@dataclass
class OrderSystem:
    """Takes events whose signature is right; calls back when the test says so."""

    clock: Callable[[], dt.datetime]
    url: str = ""
    answer: int = 200
    events: list[dict[str, Any]] = field(default_factory=list)
    refused: int = 0

    def take(self, headers: dict[str, str], body: bytes) -> int:
        if not valid(SECRET, headers, body, self.clock()):
            self.refused += 1
            return 401
        if self.answer == 200:
            self.events.append(json.loads(body))
        return self.answer

    def call_back(self, site: str, event: dict[str, Any]) -> int:
        """Acknowledges an event to the product, signed with the shared secret."""
        told = {
            "type": f"{event['type']}.acknowledged",
            "id": event["id"],
            "reference": "ERP-4711",
        }
        body = json.dumps(told).encode()

        # Each call has an id of its own.
        headers = sign(SECRET, f"erp_{event['id']}", self.clock(), body)
        request = urllib.request.Request(f"{site}/outbox/acknowledge/", body, headers)

        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)


@contextmanager
def running_order_system(clock: Callable[[], dt.datetime]) -> Iterator[OrderSystem]:
    system = OrderSystem(clock)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.send_response(system.take(headers, body))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    system.url = f"http://127.0.0.1:{server.server_port}/hooks"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield system
    server.shutdown()
    thread.join()
    server.server_close()


# --- the office -----------------------------------------------------------------------------------


@dataclass
class Office:
    """The people, their customer, the clock of everybody, and the ways out."""

    case: Case
    collector: User
    lead: User
    manager: User
    proprietor: User
    finance: User
    now: list[dt.datetime]
    mails: MailServerOfTest
    imap: imap_server.ImapServer
    erp: OrderSystem

    def clock(self) -> dt.datetime:
        return self.now[0]

    def begin(self, on: dt.date, hour: int = 10) -> None:
        """The morning: statements of months that are over, the plan; then it is `hour` o'clock."""
        self.now[0] = people.moment(on, 7)
        open_months(on, actor=self.lead, at=self.now[0])
        plan(on, actor=self.lead, at=self.now[0], calendar=china())
        self.now[0] = people.moment(on, hour)

    def work(self) -> dict[str, int]:
        """The worker sends what is due."""
        return dict(send_due(self.clock))

    def asked(self) -> set[str]:
        """Steps of which a task is open."""
        open_now = Task.objects.filter(case=self.case, status=Task.Status.OPEN)
        return set(open_now.values_list("step__code", flat=True))

    def new_tasks(self, code: str, on: dt.date) -> int:
        return Task.objects.filter(case=self.case, step__code=code, anchor=on).count()

    def last_mail(self) -> EmailMessage:
        return self.mails.mails()[-1]


@pytest.fixture
def office(
    monkeypatch: pytest.MonkeyPatch,
    house_settings: Callable[..., None],  # noqa: F811
    mail_server: MailServerOfTest,  # noqa: F811
) -> Iterator[Office]:
    now = [people.moment(PLACED, 9)]
    monkeypatch.setattr(timezone, "now", lambda: now[0])
    assert load.load_all(at=now[0]) == []
    house = people.make_house(name="瑞江电子有限公司", callback_phone="021-5555 0100")
    supplier = people.make_creditor(
        "supplier", house, kind="supplier", name="瑞江电子有限公司", pay_to="招商银行 1234"
    )
    PackBinding.objects.create(
        creditor=supplier, product="b2b", pack="b2b_receivables", from_on=day(1, 1, 2020)
    )
    team = people.make_team("receivables")
    collector = people.make_user("collector", team=team)
    case = _customer(supplier, collector)

    with imap_server.running() as imap, running_order_system(lambda: now[0]) as erp:
        house_settings(
            imap_host="127.0.0.1",
            imap_port=imap.port,
            imap_security="none",
            imap_user=imap_server.USER,
            imap_password=SecretStr(imap_server.PASSWORD),
        )
        made = Office(
            case=case,
            collector=collector,
            lead=people.make_user("team_lead", team=team),
            manager=people.make_user("manager"),
            proprietor=people.make_user("proprietor"),
            finance=people.make_user("finance"),
            now=now,
            mails=mail_server,
            imap=imap,
            erp=erp,
        )
        for kind in ("erp.lock", "erp.unlock"):
            set_target(kind, erp.url, SECRET, actor=made.manager, at=now[0])
        yield made


def _customer(supplier: Any, collector: User) -> Case:
    """Two invoices of October and one of November."""
    name = "宁波海川商贸有限公司"
    person = people.make_person(supplier, kind="company", name=name, number="K-77")

    case = people.make_case(
        person, product="b2b", placed_on=PLACED, statement_cycle=True, collector=collector
    )
    for number, on, due_on, amount in (
        ("INV-1", day(10, 8), day(11, 10), 1_200_000),
        ("INV-2", day(10, 20), day(11, 25), 800_000),
        ("INV-3", day(11, 9), day(12, 10), 500_000),
    ):
        item = people.make_item(case, due_on, amount, on=on)
        item.number = number
        item.save(update_fields=["number"])
    people.make_point(case, kind="email", value=CUSTOMER, holder="李会计")
    people.make_point(case, kind="phone", place="work", holder="李会计")
    facts.refresh([case.pk])
    return case


class Seat:
    """Somebody at the screen, with the keyboard."""

    def __init__(self, page: Any, site: str) -> None:
        self.page = page
        self.site = site

    def statement(self, row: int = 1) -> str:
        """To a statement of the newest month, from the list; the text of its page."""
        self.page.goto("/statements/")
        for _time in range(row):
            self.page.keyboard.press("j")
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector("#statement-form", state="attached")
        return self.text()

    def happened(self, kind: str, note: str = "") -> str:
        """Enters what happened to the statement."""
        self.page.locator("#statement-kind").select_option(kind)
        if note:
            self.page.locator("#statement-note").focus()
            self.page.keyboard.type(note)
        return self.save()

    def save(self) -> str:
        """Ctrl+Enter, and what the page says then."""
        self.page.keyboard.press("Control+Enter")
        try:
            self.page.wait_for_selector(".hk-message:visible, .errorlist:visible", timeout=15_000)
        except PlaywrightTimeout:
            raise AssertionError(self.text()) from None
        errors = self.page.locator(".errorlist").all_inner_texts()
        assert not errors, errors
        return self.text()

    def fill(self, selector: str, text: str) -> None:
        self.page.locator(selector).focus()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def go(self, path: str) -> str:
        self.page.goto(path)
        return self.text()

    def decide(self) -> None:
        """Grants the oldest request of the inbox."""
        self.page.goto("/approvals/")
        self.press("j")
        self.press("y")
        self.page.wait_for_selector("[id^=approval-] input:focus, [id^=approval-] button:focus")
        self.press("Enter")
        self.page.wait_for_selector("[id^=approval-] .hk-good")

    def text(self) -> str:
        return str(self.page.locator(".hk-page").inner_text())


@pytest.fixture
def sit(browser: Any, live_server: Any, office: Office) -> Iterator[Callable[[User], Seat]]:
    """sit(user): they sit down at the screen; whoever sat there before has gone."""
    opened: list[Any] = []

    def sit_down(user: User) -> Seat:
        while opened:
            opened.pop().__exit__(None, None, None)
        context = tab(browser, live_server.url, user, "zh", DESK)
        opened.append(context)
        page = context.__enter__().page
        page.clock.set_system_time(office.clock())
        page.set_default_timeout(20_000)
        return Seat(page, live_server.url)

    yield sit_down
    while opened:
        opened.pop().__exit__(None, None, None)


# --- the story ------------------------------------------------------------------------------------


def test_a_customer_through_two_months_a_lock_and_its_end(
    office: Office, sit: Callable[[User], Seat], live_server: Any
) -> None:
    _october_is_made_checked_and_sent(office, sit)
    _unconfirmed_it_is_chased(office, sit)
    _the_answer_confirms_it_and_finance_invoices(office, sit)
    _a_payment_after_the_plan_stops_the_chase(office, sit)
    _a_credit_note_and_a_dispute(office, sit)
    _november_shows_what_happened(office, sit)
    _deliveries_are_locked(office, sit, live_server.url)
    _and_unlocked(office, sit)
    assert not facts.differences()


def _october_is_made_checked_and_sent(office: Office, sit: Callable[[User], Seat]) -> None:
    office.begin(day(11, 2))
    seat = sit(office.collector)
    page = seat.statement()
    assert "20,000.00" in page, "what October charged, and what was owed at its end"
    assert "主管审核中" in seat.happened("submitted")

    office.begin(day(11, 3))
    seat = sit(office.lead)
    seat.statement()
    page = seat.happened("returned", "缺少 INV-2 的送货单号")
    assert "未编制" in page and "缺少 INV-2 的送货单号" in page
    seat = sit(office.collector)
    assert "缺少 INV-2 的送货单号" in seat.statement()
    seat.happened("submitted", "已补")

    office.begin(day(11, 4))
    seat = sit(office.lead)
    seat.statement()
    seat.happened("checked")
    assert "已发送" in seat.happened("sent")
    assert office.work() == {"taken": 1}

    mail = office.last_mail()
    assert mail["To"] == CUSTOMER
    (pdf,) = mail.iter_attachments()
    words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.get_content())).pages)
    assert "20,000.00" in words and "INV-2" in words
    assert "对账单 宁波海川商贸有限公司 2026-10.pdf" in seat.go(seat.page.url)


def _unconfirmed_it_is_chased(office: Office, sit: Callable[[User], Seat]) -> None:
    """Every two days from the submission, daily from two weeks; on each a mail and a call."""
    office.begin(day(11, 5))
    seat = sit(office.collector)
    seat.go(f"/cases/{office.case.number}/")
    seat.press("i")
    seat.page.wait_for_selector("#mail-text")
    assert "2026年10月" in seat.page.locator("#mail-subject").input_value()
    seat.save()
    assert office.work() == {"taken": 1}
    assert "尚未收到确认" in office.last_mail().get_body().get_content()
    assert "month_confirm_email" not in office.asked(), "the mail did the task"
    assert "month_confirm_call" in office.asked()

    days = {}
    for number in (6, 7, 16, 17, 18):
        office.begin(day(11, number))
        days[number] = office.new_tasks("month_confirm_call", day(11, number))
    assert days == {6: 1, 7: 0, 16: 1, 17: 1, 18: 1}


def _the_answer_confirms_it_and_finance_invoices(
    office: Office, sit: Callable[[User], Seat]
) -> None:
    sent = OutboxMessage.objects.get(purpose="statement")
    office.imap.put(_answer(sent.far_id), at=office.clock())
    assert read_mailbox(office.clock) == {"answer": 1}

    seat = sit(office.collector)
    seat.statement()
    seat.press("r")
    seat.page.wait_for_selector(".hk-mail")
    assert "账单核对无误，请开票。税号 91330200" in seat.text()
    assert "已确认" in seat.happened("confirmed", "李会计邮件确认，开票资料在邮件里")
    seat.happened("invoice_data", "开票资料已转财务")

    office.begin(day(11, 19))
    seat = sit(office.finance)
    seat.statement()
    assert "已开票" in seat.happened("invoice_sent", "顺丰 SF1234567")
    assert office.work() == {"taken": 1}
    body = office.last_mail().get_body().get_content()
    assert "顺丰 SF1234567" in body and "20,000.00" in body


def _a_payment_after_the_plan_stops_the_chase(office: Office, sit: Callable[[User], Seat]) -> None:
    office.begin(day(11, 24))
    assert {"chase_email", "chase_call"} <= office.asked(), "two weeks late: daily"
    seat = sit(office.collector)
    assert office.case.number in seat.go("/work/")

    office.now[0] += dt.timedelta(hours=1)
    entry = PaymentEntry(
        case_id=office.case.pk,
        amount_minor=1_200_000,
        currency="CNY",
        paid_on=day(11, 24),
        reference="CMB-1124",
    )
    assert not post(entry, actor=office.finance, at=office.clock()).problems
    sit(office.collector).go("/work/")
    assert not {"chase_email", "chase_call"} & office.asked(), "nothing is chased that was paid"


def _a_credit_note_and_a_dispute(office: Office, sit: Callable[[User], Seat]) -> None:
    office.begin(day(11, 26))
    seat = sit(office.collector)
    seat.go(f"/payments/correct/{office.case.number}/")
    seat.page.locator("[name=kind]").select_option("credit_note")
    seat.page.locator("[name=item]").select_option(label=_label(seat, "item", "INV-2"))
    seat.fill("[name=amount]", "300.00")
    seat.fill("[name=reference]", "HZ-001")
    seat.fill("[name=reason]", "退货两箱")
    seat.save()
    sit(office.finance).decide()
    page = sit(office.collector).go(f"/cases/{office.case.number}/")
    assert "12,700.00" in page, "7,700 of INV-2 and 5,000 of INV-3"

    office.begin(day(12, 11))
    seat = sit(office.lead)
    seat.go(f"/holds/place/{office.case.number}/")
    seat.page.locator("[name=kind]").select_option("dispute")
    seat.page.locator("[name=scope]").select_option("item")
    seat.page.locator("[name=item]").select_option(label=_label(seat, "item", "INV-3"))
    seat.fill("[name=reason]", "客户称少发一箱")
    seat.press("Control+Enter")
    seat.page.wait_for_selector("text=已停催 争议")
    office.begin(day(12, 12))
    calls = Task.objects.filter(case=office.case, status="open", step__code="chase_call")
    asked = office.case.items.filter(pk__in=calls.values("subject_id"))
    assert {item.number for item in asked} == {"INV-2"}, (
        "the disputed item rests, the other goes on"
    )
    assert "dispute_review" in office.asked()


def _november_shows_what_happened(office: Office, sit: Callable[[User], Seat]) -> None:
    """The second month: its figures hold the payment and the credit note of November."""
    seat = sit(office.collector)
    page = seat.statement()
    for figure in ("4,700.00", "12,000.00", "12,700.00"):
        assert figure in page, figure
    seat.happened("submitted")
    seat = sit(office.lead)
    seat.statement()
    seat.happened("checked")
    seat.happened("sent")
    assert office.work() == {"taken": 1}
    (pdf,) = office.last_mail().iter_attachments()
    words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.get_content())).pages)
    assert "红字" in words
    assert "12,700.00" in words

    seat = sit(office.collector)
    seat.statement()
    assert "已确认" in seat.happened("confirmed", "李会计电话后邮件确认")


def _deliveries_are_locked(office: Office, sit: Callable[[User], Seat], site: str) -> None:
    office.begin(day(2, 26, 2027))
    assert "lock_deliveries" in office.asked()
    seat = sit(office.manager)
    seat.go(f"/cases/{office.case.number}/")
    task = Task.objects.get(case=office.case, status="open", step__code="lock_deliveries")
    place = f"#task-{task.pk}-approval"
    seat.page.locator(f"{place} a").focus()
    seat.press("Enter")
    seat.page.wait_for_selector(f"{place} [name=reason]")
    seat.fill(f"{place} [name=reason]", "INV-2 逾期超过三个月，多次催告未付")
    seat.press("Control+Enter")
    seat.page.wait_for_selector(f"{place}:not(:has([name=reason]))")
    sit(office.proprietor).decide()

    seat = sit(office.manager)
    seat.go(f"/statements/case/{office.case.number}/lock/")
    seat.fill("[name=reason]", "INV-2 逾期超过三个月")
    page = seat.save()
    assert "已锁货" in page and "订单系统未确认" in page
    assert "lock_deliveries" not in office.asked()

    office.erp.answer = 503
    assert office.work() == {"put_off": 1, "taken": 1}, "the order system is away, the mail is not"
    assert "暂停向贵司发货" in office.last_mail().get_body().get_content()
    assert "已发送 1 次" in seat.go(seat.page.url)
    office.erp.answer = 200
    office.now[0] += MINUTE
    assert office.work() == {"taken": 1}
    (event,) = office.erp.events
    assert (event["type"], event["data"]["customer"]) == ("erp.lock", "K-77")
    assert office.erp.call_back(site, event) == 200
    assert "订单系统已确认" in seat.go(seat.page.url)
    assert "宁波海川" in seat.go("/statements/locks/")


def _and_unlocked(office: Office, sit: Callable[[User], Seat]) -> None:
    entry = PaymentEntry(
        case_id=office.case.pk,
        amount_minor=1_270_000,
        currency="CNY",
        paid_on=day(2, 26, 2027),
        reference="CMB-0226",
    )
    assert not post(entry, actor=office.finance, at=office.clock()).problems
    office.begin(day(2, 26, 2027), hour=14)
    assert "unlock_deliveries" in office.asked()
    seat = sit(office.collector)
    seat.go(f"/statements/case/{office.case.number}/lock/")
    seat.page.locator("[name=because]").select_option("paid")
    seat.fill("#lock-reason", "招行回单 CMB-0226")
    assert "正常发货" in seat.save()

    assert office.work()["taken"] == 2
    assert office.erp.events[-1]["type"] == "erp.unlock"
    assert "恢复向宁波海川商贸有限公司发货" in office.last_mail().get_body().get_content()
    # Who calls debtors does not speak for the order system.
    seat = sit(office.manager)
    seat.go(f"/statements/case/{office.case.number}/lock/")
    seat.fill("[id^=acknowledge-]", "仓库王工电话确认")
    seat.press("Enter")
    seat.page.wait_for_selector(".hk-message")
    assert "订单系统未确认" not in seat.text()
    office.now[0] += dt.timedelta(days=1)
    assert office.work() == {}, "what is acknowledged goes out no more"
    assert office.erp.refused == 0
    assert "宁波海川" not in sit(office.manager).go("/statements/locks/")


def _label(seat: Seat, name: str, number: str) -> str:
    """The words of the option that begins with this number."""
    options = seat.page.locator(f"[name={name}] option").all_inner_texts()
    return next(text for text in options if number in text)


def _answer(far_id: str) -> bytes:
    """The customer answers our mail, in the way of a Chinese mail program."""
    text = "账单核对无误，请开票。税号 91330200。"
    mail = EmailMessage()
    mail["From"] = f"李会计 <{CUSTOMER}>"
    mail["To"] = "duizhang@ruijiang.example.com"
    mail["Subject"] = "回复：2026年10月对账单，请核对确认"
    mail["Message-ID"] = "<answer-1@haichuan.example.com>"
    mail["In-Reply-To"] = far_id
    mail.set_content(text, charset="utf-8", cte="base64")
    return mail.as_bytes()
