"""A dossier leaves the house: its words, its money, its moments, and that it can be made again."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import time
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from huikuan.casebook.models import (
    Complaint,
    ComplaintDossier,
    ComplaintEvent,
    ContactRecord,
    Reveal,
)
from huikuan.complaints import close, dossier_make, propose, shown, told
from huikuan.complaints.accept import Point, accept
from huikuan.complaints.dossier import parts
from huikuan.complaints.dossier_part import Reading
from huikuan.complaints.own import escalate, own
from huikuan.complaints.propose import Proposal
from huikuan.complaints.receive import receive
from huikuan.complaints.write import about, event
from huikuan.documents.read import content_of, reveal
from huikuan.documents.store import NewDocument, store
from huikuan.outbox.post import Email, post_email
from tests import people
from tests.complaints.conftest import AT, HOUR, MONDAY, Office, reception

#: A word of ours where a person should read one of theirs: `quality_supervision`, `call`.
CODE = re.compile(r"[a-z]+([_.][a-z]+)*")
FLOAT = re.compile(r"-?[0-9]+\.[0-9]")
CHINESE = re.compile("[\u3400-\u9fff\uff00-\uffef]")
ZH = "zh-hans"
LAW = "银行业保险业消费投诉处理管理办法"
EN = "en"
#: A law is called as the state that made it calls it.
NAMES_OF_LAWS = {"clocks": 1}
Table = list[list[str]]


@pytest.fixture
def complaint(office: Office) -> Complaint:
    """Everything that a dossier may tell, in English words, so that a Chinese one is ours."""
    entry = reception(
        channel="regulator",
        case=office.case.number,
        about=office.collector.username,
        name="Wang",
        said="Your people shout at me",
        reference="NFRA-2026-118",
    )
    complaint = receive(entry, actor=office.clerk, at=AT).complaint
    assert complaint is not None
    number = complaint.number
    points = [Point("conduct", "shouted", "an apology"), Point("paid", "paid it", "no more calls")]
    accept(number, points, actor=office.clerk, at=AT)
    own(number, office.clerk.username, actor=office.clerk, at=AT)
    told.tell_departments(
        number,
        ["quality_supervision"],
        question="Is it so?",
        actor=office.clerk,
        at=AT,
        answer_by=AT + HOUR,
    )

    propose.propose(number, Proposal(1, "apology", "in writing"), actor=office.clerk, at=AT)
    refuse = {"agrees": False, "text": "not enough", "way": "letter"}
    propose.answer(number, **refuse, actor=office.clerk, at=AT)
    costly = Proposal(2, "waiver", "800 of the penalty", 80_000)
    asked = propose.propose(number, costly, actor=office.clerk, at=AT)
    assert asked.problems == ()
    granting = office.case.approvals.get()
    propose.decide(granting.pk, grant=True, reason="", actor=office.manager, at=AT + HOUR)
    close.decide_point(number, 1, result="upheld", text="heard", actor=office.clerk, at=AT + HOUR)
    escalate(number, reason="no way out", level=1, actor=office.clerk, at=AT + HOUR)
    until = people.moment(dt.date(2026, 11, 27), 17, 30)
    act = complaint.act
    kind = ComplaintEvent.Kind.PROMISED
    event(complaint, kind, act, AT, until_at=until, until_on=until.date(), way="call")
    _of_the_case(office, complaint)
    return complaint


def _of_the_case(office: Office, complaint: Complaint) -> None:
    """A call, a letter, a visit, promises, payments, a look, a mail."""
    case = office.case
    people.make_contact(case, MONDAY, connected=True, answered="debtor", outcome="promised")
    people.make_contact(case, MONDAY, channel="letter", note="a letter", override_reason="asked")
    people.make_contact(case, MONDAY, channel="visit", inbound=True)
    people.make_decision(case, AT, allowed=False, rules=[
        {"rule": "CN-FREQ-6", "title": {"zh": "每日不超过六次", "en": "Six a day"}, "clause": "6"}
    ])  # fmt: skip

    due = dt.date(2026, 11, 30)
    people.make_promise(case, MONDAY, [(due, 50_000)])
    people.make_payment(case, MONDAY, 12_345)
    back = people.make_payment(case, MONDAY, 50_000)
    people.make_reversal(back, MONDAY)
    Reveal.objects.create(act=complaint.act, case=case, field="point", subject_id=1)
    email = Email(to="bank@example.com", cc=[], subject="A complaint", text="It is so.")
    post_email(email, purpose="client_report", subject=about(complaint), act=complaint.act, at=AT)


def make(complaint: Complaint, office: Office, *, at: dt.datetime, language: str = ZH):
    """The dossier that is made at once."""
    dossier, problems = dossier_make.ask(
        complaint.number, actor=office.clerk, at=at, language=language
    )
    assert dossier is not None and problems == ()
    return dossier


def tables(dossier: ComplaintDossier) -> dict[str, Table]:
    """Name of a part → its table, head first, as the folder has it."""
    assert dossier.folder is not None
    archive = zipfile.ZipFile(io.BytesIO(content_of(dossier.folder)))
    found = {}
    for name in archive.namelist():
        if name.endswith(".csv"):
            text = archive.read(name).decode("utf-8-sig")
            found[name.removesuffix(".csv")] = list(csv.reader(io.StringIO(text)))
    return found


def manifest(dossier: ComplaintDossier) -> dict:
    assert dossier.folder is not None
    archive = zipfile.ZipFile(io.BytesIO(content_of(dossier.folder)))
    return json.loads(archive.read("manifest.json"))


def column(table: Table, title: str) -> list[str]:
    place = table[0].index(title)
    return [row[place] for row in table[1:]]


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """What is handed to the form, of each PDF that is made."""
    given: list[dict] = []

    def pdf(form: str, data: dict, **more: object) -> bytes:
        given.append(data | more)
        return b"%PDF"

    monkeypatch.setattr(dossier_make, "pdf", pdf)
    return given


def test_no_word_of_ours_and_no_float_stands_in_a_dossier(
    complaint: Complaint, office: Office
) -> None:
    dossier = make(complaint, office, at=AT + 2 * HOUR)
    told_of = tables(dossier)
    assert set(dossier.counts) - set(told_of) == {"breaches", "recordings", "holds", "documents"}

    ours = {"shouted", "heard", "asked"}  # what people wrote down
    for name, table in told_of.items():
        assert all(CHINESE.search(title) for title in table[0] if title != "SHA-256"), table[0]
        for row in table[1:]:
            codes = [cell for cell in row if CODE.fullmatch(cell) and cell not in ours]
            assert codes == [], (name, row)
            assert not any(FLOAT.fullmatch(cell) for cell in row), (name, row)


def test_an_english_dossier_is_english(
    complaint: Complaint, office: Office, printed: list[dict]
) -> None:
    office.case.organisation.name = "The house"
    dossier = make(complaint, office, at=AT + 2 * HOUR, language=EN)
    names = re.compile("员工[0-9]+|退票")
    for name, table in tables(dossier).items():
        for row in table:
            said = [cell for n, cell in enumerate(row) if n != NAMES_OF_LAWS.get(name)]
            assert not CHINESE.search(names.sub("", " ".join(said))), (name, row)

    (data,) = printed
    texts = [data["title"], data["made"], data["counted"], data["absent"]]
    texts += [title for title, _said in data["heads"] + data["absences"] + data["counts"]]
    texts += [said for _title, said in data["absences"]]
    assert not CHINESE.search(" ".join(texts))


def test_each_word_is_one_of_the_dossier(complaint: Complaint, office: Office) -> None:
    told_of = tables(make(complaint, office, at=AT + 2 * HOUR))
    assert column(told_of["departments"], "部门") == ["质量监督"]
    assert column(told_of["departments"], "状态") == ["逾期未答复"]

    contacts = told_of["contacts"]
    assert column(contacts, "联系方式") == ["电话", "信函", "外访"]
    assert column(contacts, "由谁发起") == ["我方发起", "我方发起", "对方发起"]
    # Nobody answers a letter; at a visit nobody was met.
    assert column(contacts, "联系到的人") == ["债务人", "", "未联系到人"]
    assert column(contacts, "时长（秒）") == ["60", "", "0"]
    assert column(told_of["decisions"], "不允许所依据的规则") == ["每日不超过六次"]
    assert column(told_of["overrides"], "仍予联系的理由") == ["asked"]
    assert column(told_of["reveals"], "查看内容") == ["电话号码或地址"]
    assert column(told_of["messages"], "用途") == ["向委托方报告投诉"]
    assert column(told_of["clocks"], "状态")[0] == "计时中"
    assert set(column(told_of["clocks"], "依据")) == {LAW, "投诉管理制度"}


def test_money_has_its_currency_and_says_what_became_of_it(
    complaint: Complaint, office: Office
) -> None:
    told_of = tables(make(complaint, office, at=AT + 2 * HOUR))
    assert column(told_of["promises"], "承诺金额") == ["¥500.00"]
    assert column(told_of["promises"], "应还日期") == ["2026-11-30"]
    assert column(told_of["promises"], "履行情况") == ["待履行"]

    assert column(told_of["payments"], "还款金额") == ["¥123.45", "¥500.00"]
    assert column(told_of["payments"], "冲正日期") == ["", "2026-11-23"]
    assert column(told_of["payments"], "冲正原因") == ["", "退票"]
    assert column(told_of["proposals"], "金额") == ["", "¥800.00"]


def test_a_proposal_says_who_made_it_and_what_the_complainant_said(
    complaint: Complaint, office: Office
) -> None:
    told_of = tables(make(complaint, office, at=AT + 2 * HOUR))
    proposals = told_of["proposals"]
    clerk = str(office.clerk)
    manager = str(office.manager)
    assert column(proposals, "提出人") == [clerk, clerk]
    assert column(proposals, "投诉人态度") == ["不同意", "尚未答复"]
    assert column(proposals, "投诉人原话") == ["not enough", ""]
    assert column(proposals, "内部审批")[1] == f"已同意（{manager}）"

    # The manager's grant made it stand; the timeline does not give it to the manager.
    timeline = told_of["timeline"]
    (row,) = (row for row in timeline if f"审批同意；方案由{clerk}提出" in row[-1])
    assert row[2] == "方案 2"


def test_the_timeline_is_that_of_the_page(complaint: Complaint, office: Office) -> None:
    dossier = make(complaint, office, at=AT + 2 * HOUR)
    timeline = tables(dossier)["timeline"]
    assert dossier.counts["timeline"] == len(shown.timeline(complaint)) == len(timeline) - 1
    assert column(timeline, "事项")[0] == "接到投诉"
    assert column(timeline, "方式")[0] == "监管部门"

    promised = next(row for row in timeline if row[1] == "已告知答复时间")
    assert (promised[4], promised[5]) == ("电话", "2026-11-27 17:30:00")
    decided = next(row for row in timeline if row[2] == "投诉点 1")
    assert decided[6] == "成立"
    raised = next(row for row in timeline if row[2] == "第 1 级")
    assert raised[3] == "质量监督"


def test_heads_name_who_and_what_it_is_about(
    complaint: Complaint, office: Office, printed: list[dict]
) -> None:
    make(complaint, office, at=AT + 2 * HOUR)
    heads = dict(printed[0]["heads"])
    assert heads["接到时间"] == "2026-11-23 10:00:00"
    assert heads["监管部门编号"] == "NFRA-2026-118"
    assert heads["被投诉催收员"] == str(office.collector)
    assert heads["处理人"] == str(office.clerk)
    assert heads["处理结果"] == "尚未办结"


def test_it_is_named_of_the_day_of_the_house(complaint: Complaint, office: Office) -> None:
    after_midnight = people.moment(dt.date(2026, 11, 24), 0, 30)
    dossier = make(complaint, office, at=after_midnight)
    assert dossier.pdf is not None
    assert dossier.pdf.name == f"{complaint.number}-20261124003000.pdf"
    assert manifest(dossier)["made_at"] == "2026-11-24T00:30:00+08:00"


def test_a_document_that_is_not_enclosed_is_absent_in_print_too(
    complaint: Complaint, office: Office, printed: list[dict], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dossier_make, "MOST_ENCLOSED", 10)
    for name, content in (("small.txt", b"small"), ("large.txt", b"much too large")):
        new = NewDocument("other", name, content)
        store(new, subject=about(complaint), act=complaint.act, on=MONDAY, at=AT)

    dossier = make(complaint, office, at=AT + 2 * HOUR)
    absences = dict(printed[0]["absences"])
    assert "small.txt" not in absences
    assert absences["large.txt"].startswith("文件过大，未收入文件夹")
    (left_out,) = manifest(dossier)["not_enclosed"]
    assert left_out.endswith("large.txt")
    assert column(tables(dossier)["documents"], "文件名") == ["small.txt", "large.txt"]


def test_looks_at_papers_of_the_complaint_are_told(complaint: Complaint, office: Office) -> None:
    first = make(complaint, office, at=AT + 2 * HOUR)
    assert first.pdf is not None
    reveal(first.pdf.pk, user=office.clerk, at=AT + 2 * HOUR, reason="for the regulator")

    second = tables(make(complaint, office, at=AT + 3 * HOUR))
    assert column(second["reveals"], "理由")[-1] == "for the regulator"


def test_one_that_failed_is_made_again(
    complaint: Complaint, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object, **_more: object) -> bytes:
        raise OSError("no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(dossier_make, "pdf", full)
        with pytest.raises(OSError, match="no space"):
            make(complaint, office, at=AT + 2 * HOUR)
    assert ComplaintDossier.objects.get().failed
    assert make(complaint, office, at=AT + 2 * HOUR).made_at is not None


def test_one_that_nobody_makes_any_more_is_none(
    complaint: Complaint, office: Office, client
) -> None:
    """The server was killed while it made one: nothing marked it, and no worker has it."""
    at = AT + 2 * HOUR
    dossier = make(complaint, office, at=at)
    ComplaintDossier.objects.update(made_at=None, pdf=None, folder=None)

    again, problems = dossier_make.ask(complaint.number, actor=office.clerk, at=at, language=ZH)
    assert again == dossier and [each.code for each in problems] == ["complaint.again"]
    client.force_login(office.clerk)
    page = client.get(reverse("complaints:dossier_status", args=[dossier.pk]))
    assert "卷宗未能生成" in page.content.decode()
    later = at + dossier_make.LONGEST_REQUEST
    assert make(complaint, office, at=later).pk != dossier.pk


def test_looks_make_it_long_as_well_as_contacts(complaint: Complaint, office: Office) -> None:
    """Nobody waits at the page while thousands of rows are read, whichever they are."""
    look = {"act": complaint.act, "case": office.case, "field": "point", "subject_id": 1}
    many = dossier_make.AT_ONCE + 1
    Reveal.objects.bulk_create(Reveal(**look) for _each in range(many))

    dossier = make(complaint, office, at=AT + 2 * HOUR)
    assert dossier.made_at is None
    jobs = ProcrastinateJob.objects.filter(task_name=dossier_make.MAKE)
    assert [job.args for job in jobs] == [{"dossier_id": dossier.pk}]


def test_two_thousand_acts_take_less_than_five_seconds(office: Office) -> None:
    """Of the processor, whatever else the machine does; and as many questions as of ten."""
    complaint = office.accepted()
    _contacts(office, 10)
    with CaptureQueriesContext(connection) as few:
        parts(Reading(complaint, AT))

    _contacts(office, 2_000)
    with CaptureQueriesContext(connection) as many:
        told_of = parts(Reading(complaint, AT))
    # What is read once in a process was read for the ten.
    assert len(many) <= len(few)
    assert {part.name: len(part.rows) for part in told_of}["contacts"] == 2_010

    act = complaint.act
    given = {"organisation_id": complaint.organisation_id, "act": act, "valid_on": MONDAY}
    dossier = ComplaintDossier.objects.create(
        **given, complaint=complaint, recorded_at=AT, language=ZH
    )
    began = time.process_time()
    made = dossier_make.make(dossier.pk, at=AT)
    assert made.counts["contacts"] == 2_010
    assert time.process_time() - began < 5


def _contacts(office: Office, count: int) -> None:
    """So many contacts with a note."""
    first = people.make_contact(office.case, MONDAY, note="约定下月还款，态度平和")
    columns = [column.attname for column in ContactRecord._meta.concrete_fields]
    values = {name: getattr(first, name) for name in columns if name != "id"}
    ContactRecord.objects.bulk_create(ContactRecord(**values) for _each in range(count - 1))
