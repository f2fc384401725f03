"""A large book for benches: invented card cases by SQL, in the proportions of an agency's book. Seeded, so runs compare.
Names repeat as they do among people: 11,520 of them.

Never for a book in use: it writes into an empty database and refuses any other.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from huikuan.casebook import facts, partitions, sealed
from huikuan.people import roles
from huikuan.people.models import Creditor, Organisation, Team, User

COLLECTORS = 200
#: No row of the book is older.
LONGEST = dt.timedelta(120)
SURNAMES, OF_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许", "ZQSLZWZWFCCWJSHYZQYX"
GIVEN, OF_GIVEN = "一二三四五六七八九十甲乙丙丁戊己庚辛壬癸春夏秋冬", "YESSWLQBJSJYBDWJGXRGCXQD"
_ROW = "%(org)s, %(creditor)s, %(act)s"

#: What becomes of case n. {rK} is its K-th lot, 0 to 1023, the same in every run.
_LIFE = """
CREATE TEMP TABLE life ON COMMIT DROP AS
SELECT n, %(on)s::date - (1 + {r1} % 60)::int AS placed_on, %(on)s::date - (1 + {r1} % 60)::int + ({r2} % 2)::int AS begins_on,
    {r3} < 975 AS reachable,
    -- median 9,000 yuan, one case in twenty above 37,000: the sum of three lots is close to a normal distribution
    (900000 * exp(0.85 * (({r4} + {r5} + {r6}) / 1024.0 - 1.5) / 0.5))::bigint AS amount_minor,
    CASE WHEN {r7} < 870 THEN 1 WHEN {r7} < 1000 THEN 2 ELSE 3 END AS hand,
    CASE WHEN {r8} < 480 THEN '440300' WHEN {r8} < 1008 THEN '110101' ELSE '' END AS region,
    {r9} >= 15 AS has_phone, {r10} < 250 AS has_contact,
    CASE WHEN {r11} < 700 THEN 'willing' WHEN {r11} < 880 THEN 'wavering' WHEN {r11} < 920 THEN 'unable'
        WHEN {r11} < 1010 THEN 'refusing' ELSE 'wilful' END AS willingness,
    {r12} < 900 AS promises, 1 + {r13} % 24 AS promise_days, {r14} AS pays, {r15} AS luck, {r16} < 25 AS held
FROM generate_series(1::bigint, %(cases)s) n
"""
_PERSONS = """
INSERT INTO casebook_person (id, organisation_id, creditor_id, act_id, kind, number, name, initials, id_masked, sex, region, timezone, details, born_on)
SELECT n, {row}, 'person', 'B' || n, {name}, {initials}, '990101********' || lpad((n * 7 % 10000)::text, 4, '0'), '', region, %(zone)s, '{}',
    date '1965-01-01' + (n % 14000)::int FROM life
"""
_CASES = """
INSERT INTO casebook_case (id, organisation_id, creditor_id, act_id, number, person_id, product, currency, hand, placed_on, return_on,
    told_on, settles_by_receipts, statement_cycle, recorded_at)
SELECT n, {row}, 'B' || n, n, 'card', 'CNY', hand, placed_on, placed_on + 62 + (n % 30)::int, placed_on - 1, false, false, %(at)s FROM life
"""
_ACCOUNTS = """
INSERT INTO casebook_account (id, organisation_id, creditor_id, act_id, case_id, product, number_sealed, number_index, number_shown, currency)
SELECT n, {row}, n, 'card', '', decode(md5('a' || n), 'hex'), '****' || n % 10000, 'CNY' FROM life
"""
_ITEMS = """
INSERT INTO casebook_item (id, organisation_id, creditor_id, act_id, valid_on, recorded_at, case_id, account_id, number, due_on, confirmed_on)
SELECT n, {row}, placed_on - 40, %(at)s, n, n, '1', placed_on - 40 - (n % 300)::int, NULL FROM life
"""
_CHARGES = """
INSERT INTO casebook_charge (id, organisation_id, creditor_id, act_id, valid_on, recorded_at, case_id, item_id, kind, basis, currency, amount_minor)
SELECT n, {row}, placed_on - 40, %(at)s, n, n, 'principal', 'contract', 'CNY', amount_minor FROM life
"""
_NUMBERS = """
CREATE TEMP TABLE number ON COMMIT DROP AS
SELECT nth - 1 AS tail, value AS sealed FROM unnest(%(sealed)s::bytea[]) WITH ORDINALITY u(value, nth)
"""
_POINTS = """
INSERT INTO casebook_contactpoint (id, organisation_id, creditor_id, act_id, valid_on, recorded_at, person_id, kind, whose, place, holder, relation,
    source, value_sealed, value_index, value_masked, tail)
SELECT n * 3 + k, {row}, placed_on, %(at)s, n, CASE k WHEN 1 THEN 'address' ELSE 'mobile' END, CASE k WHEN 2 THEN 'relative' ELSE 'debtor' END,
    'own', '', '', 'contract', sealed, decode(md5('p' || n || k), 'hex'), '138****' || lpad((n % 10000)::text, 4, '0'), lpad((n % 10000)::text, 4, '0')
FROM life JOIN number ON tail = n % 10000, generate_series(0, 2) k WHERE k = 0 AND has_phone OR k = 1 AND n % 25 > 0 OR k = 2 AND has_contact
"""
_RECORD = """
INSERT INTO casebook_contactrecord (organisation_id, creditor_id, act_id, valid_on, recorded_at, case_id, point_id, channel, inbound, style, connected,
    answered, identified, seconds, exchange, at, local_minute, product, outcome, reason_code, willingness, next_contact_on, note, analysis, recording, override_reason)
"""
#: A try every third day or so from the first; six in ten reach the debtor, who sometimes names a day for the next.
_CALLS = (
    _RECORD
    + """
SELECT {row}, d, %(at)s, n, n * 3, 'call', false, 'interactive', talk, CASE WHEN talk THEN 'debtor' ELSE 'nobody' END, talk,
    CASE WHEN talk THEN 90 ELSE 0 END, talk, d + time '10:00', 600, 'card', CASE WHEN talk THEN 'talked' ELSE 'no_answer' END, '',
    CASE WHEN talk THEN willingness ELSE '' END, CASE WHEN talk AND (n + c) % 12 = 0 THEN d + 2 END, '', '', '', ''
FROM (SELECT n, c, willingness, begins_on + (c - 1) * 3 + (hashint8extended(n, 100 + c) & 1)::int AS d,
        reachable AND (hashint8extended(n, 200 + c) & 1023) < 640 AS talk
    FROM life, generate_series(1, %(contacts)s) c WHERE has_phone) x
WHERE d < %(on)s::date
"""
)
_TALKS = """
CREATE TEMP TABLE talk ON COMMIT DROP AS
SELECT l.*, r.first_try_on, r.first_on, r.last_on, coalesce(r.last_on, r.first_try_on) + 3 AS quiet_on
FROM life l JOIN (
    SELECT case_id, min(valid_on) AS first_try_on, min(valid_on) FILTER (WHERE connected) AS first_on, max(valid_on) FILTER (WHERE connected) AS last_on
    FROM casebook_contactrecord GROUP BY case_id) r ON r.case_id = l.n
"""
#: Letters to whom nobody reached, to whom has no phone and to who broke a promise, visits to whom went quiet or owes much: most were made.
_LETTERS = (
    _RECORD
    + """
SELECT {row}, d, %(at)s, n, n * 3 + 1, 'letter', false, 'informing', false, 'nobody', false, NULL, NULL, d + time '10:00', 600, 'card', '', '', '', NULL::date, '', '', '', ''
FROM (SELECT n, first_try_on + 1 + luck % 2 AS d FROM talk WHERE last_on IS NULL AND luck < 940
    UNION ALL SELECT n, placed_on + 1 + luck % 3 FROM life WHERE NOT has_phone AND luck < 940
    UNION ALL SELECT n, last_on + promise_days + 2 + luck % 2 FROM talk WHERE promises AND pays >= 700 AND luck < 800) x
WHERE d < %(on)s::date AND n % 25 > 0
"""
)
_VISITS = (
    _RECORD
    + """
SELECT {row}, d, %(at)s, n, n * 3 + 1, 'visit', false, 'interactive', false, 'nobody', false, NULL, NULL, d + time '15:00', 900, 'card', '', '', '', NULL::date, '', '', '', ''
FROM (SELECT n, CASE WHEN region = '440300' THEN quiet_on + luck % 2 ELSE first_try_on + 2 + luck % 3 END AS d FROM talk
    WHERE luck < 900 AND (region = '440300' OR amount_minor >= 5000000 OR hand = 3 OR willingness IN ('refusing', 'wilful'))) x
WHERE d < %(on)s::date AND n % 25 > 0
"""
)
#: Promises of the last talk; some broke an earlier one.
_PROMISES = """
INSERT INTO casebook_promise (organisation_id, creditor_id, act_id, valid_on, recorded_at, case_id, plan, currency, amount_minor, due_on, grace_days, tolerance_minor)
SELECT {row}, made_on, %(at)s, n, md5(n || kind)::uuid, 'CNY', greatest(amount_minor / 4, 100), due_on, 0, 0
FROM (SELECT n, 'last' AS kind, amount_minor, last_on AS made_on, last_on + promise_days::int AS due_on FROM talk WHERE promises AND last_on IS NOT NULL
    UNION ALL
    SELECT n, 'first', amount_minor, first_on, first_on + 2 FROM talk WHERE luck % 8 = 0 AND promises AND first_on + 2 < last_on) x
"""
#: Two in three pay what they promised on its day, some a part, a few everything.
_PAYMENTS = """
INSERT INTO casebook_payment (id, organisation_id, creditor_id, act_id, valid_on, recorded_at, case_id, currency, amount_minor, reference, source)
SELECT n, {row}, d, %(at)s, n, 'CNY', paid, 'B' || n, 'bank'
FROM (SELECT n, last_on + promise_days::int AS d, CASE WHEN pays < 12 THEN amount_minor WHEN pays < 700 THEN amount_minor / 4 ELSE amount_minor / 20 END AS paid
    FROM talk WHERE promises AND pays < 780) x
WHERE d < %(on)s::date AND paid > 0
"""
_ALLOCATIONS = """
INSERT INTO casebook_allocation (organisation_id, creditor_id, act_id, valid_on, recorded_at, payment_id, case_id, item_id, charge_id, amount_minor)
SELECT {row}, valid_on, %(at)s, id, id, id, id, amount_minor FROM casebook_payment
"""
_HOLDS = """
INSERT INTO casebook_hold (organisation_id, creditor_id, act_id, valid_on, recorded_at, case_id, scope, kind, reason)
SELECT {row}, %(on)s::date - 1 - (luck % 30)::int, %(at)s, n, 'case', CASE n % 2 WHEN 0 THEN 'complaint' ELSE 'ill' END, '' FROM life WHERE held
"""
_ASSIGNMENTS = """
INSERT INTO casebook_assignment (organisation_id, creditor_id, act_id, valid_on, recorded_at, case_id, user_id, team_id, reason)
SELECT {row}, placed_on, %(at)s, n, (%(users)s::bigint[])[1 + n % %(collectors)s], %(team)s, '' FROM life
"""
_STATEMENTS = (
    _LIFE, _PERSONS, _CASES, _ACCOUNTS, _ITEMS, _CHARGES, _NUMBERS, _POINTS, _CALLS, _TALKS, _LETTERS, _VISITS, _PROMISES, _PAYMENTS, _ALLOCATIONS,
    _HOLDS, _ASSIGNMENTS,
)  # fmt: skip
_NUMBERED = ("person", "case", "account", "item", "charge", "contactpoint", "payment")
_TABLES = (*_NUMBERED, "contactrecord", "promise", "allocation", "hold", "assignment")


@dataclass(frozen=True)
class Day:
    """The day that a book is for: `at` is now, everything was recorded by `filled_at`, `zone` is where the agency works."""

    on: dt.date
    at: dt.datetime
    filled_at: dt.datetime
    zone: str = "Asia/Shanghai"


def prepare(cases: int, contacts: int, day: Day) -> None:
    """The book of the day, with the shipped packs."""
    from huikuan.planning import load

    fill(cases, contacts, on=day.on, at=day.filled_at, zone=day.zone)
    if problems := load.load_all(at=day.at):
        raise ValueError(str(problems[0]))


#: A talk of the day itself with one case in a hundred.
_SOME_TALKS = (
    _RECORD
    + """
SELECT organisation_id, creditor_id, act_id, %(on)s::date, %(at)s, id, id * 3, 'call', false, 'interactive', true, 'debtor', true, 90, true,
    %(at)s, 540, 'card', 'talked', '', 'willing', %(on)s::date + 3, '', '', '', ''
FROM casebook_case WHERE id %% 100 = 7
"""
)


def talk_to_some(day: Day) -> int:
    """One case in a hundred is talked to on the day, and its facts follow. Returns how many."""
    from huikuan.casebook.models import ContactRecord

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(_SOME_TALKS, {"on": day.on, "at": day.at})
        told = ContactRecord.objects.filter(valid_on=day.on).values_list("case_id", flat=True)
        facts.refresh(told, wrote={"casebook_contactrecord"})
        return len(told)


def name_of(n: int) -> tuple[str, str]:
    """The name of person n, and its initials."""
    places = (n % 20, n // 20 % 24, n // 480 % 24)
    return (
        "".join(
            letters[place] for letters, place in zip((SURNAMES, GIVEN, GIVEN), places, strict=True)
        ),
        "".join(
            letters[place]
            for letters, place in zip((OF_SURNAMES, OF_GIVEN, OF_GIVEN), places, strict=True)
        ),
    )


def _letters(surnames: str, given: str) -> str:
    """name_of in SQL."""
    return (
        f"substr('{surnames}', 1 + (n % 20)::int, 1) || substr('{given}', 1 + (n / 20 % 24)::int, 1)"
        f" || substr('{given}', 1 + (n / 480 % 24)::int, 1)"
    )


def _sql(statement: str) -> str:
    statement = statement.replace("{name}", _letters(SURNAMES, GIVEN))
    statement = statement.replace("{initials}", _letters(OF_SURNAMES, OF_GIVEN))
    lots = re.sub(
        r"\{r(\d+)\}", r"(hashint8extended(n, \1) & 1023)::int", statement.replace("{row}", _ROW)
    )
    return lots.replace("%", "%%").replace("%%(", "%(")


def fill(
    cases: int, contacts: int, *, on: dt.date, at: dt.datetime, zone: str = "Asia/Shanghai"
) -> None:
    """`cases` open card cases with up to `contacts` tries each (half of it on average), then their summary rows.
    `zone`: where the agency and its debtors live."""
    from huikuan.casebook.journal import begin
    from huikuan.casebook.models import Case, PackBinding

    if Case.objects.exists():
        raise ValueError("the book is not empty")
    with connection.cursor() as cursor:
        # The histories lie in months, as they would had the book grown from day to day.
        partitions.reach_back(cursor, on - LONGEST)
    organisation = Organisation.objects.create(
        code="bench", name="Bench", kind=Organisation.Kind.AGENCY, timezone=zone
    )
    creditor = Creditor.objects.create(
        organisation=organisation, code="bench", name="Bench bank", kind="bank", region="440300"
    )
    team = Team.objects.create(organisation=organisation, code="bench", name="Bench")
    users = User.objects.bulk_create(
        User(
            username=f"bench{n}",
            organisation=organisation,
            team=team,
            capacity=cases,
        )
        for n in range(COLLECTORS)
    )
    for user in users:
        roles.give(user, ["collector"])
    PackBinding.objects.create(
        creditor=creditor, product="card", pack="phone_collection", from_on=dt.date(2000, 1, 1)
    )
    act = begin(users[0], "bench.fill", at=at)
    parameters: dict[str, Any] = {
        "org": organisation.pk, "creditor": creditor.pk, "act": act.pk, "cases": cases, "contacts": contacts, "on": on, "at": at,
        "users": [user.pk for user in users], "collectors": COLLECTORS, "team": team.pk, "zone": zone,
        "sealed": sealed.seal_many([f"+861380000{tail:04d}" for tail in range(10_000)]),
    }  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        # No foreign-key triggers: rows are made to fit.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in _STATEMENTS:
            cursor.execute(_sql(statement), parameters)
        for table in _NUMBERED:
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('casebook_{table}', 'id'), (SELECT max(id) FROM casebook_{table}))"
            )
    with connection.cursor() as cursor:
        for table in _TABLES:
            cursor.execute(f"VACUUM ANALYZE casebook_{table}")
    facts.rebuild()
