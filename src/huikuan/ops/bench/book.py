"""A large book for benches: invented cases by SQL, in proportions of a card agency's book. Seeded, so runs compare.

Never for a book in use: it writes into an empty database and refuses any other.
"""
from __future__ import annotations

import datetime as dt

from django.db import connection, transaction

from huikuan.casebook import facts
from huikuan.people.models import Creditor, Organisation, Team, User
from huikuan.people.roles import Role

COLLECTORS = 200
_ROW = "%(org)s, %(creditor)s, %(act)s"

#: Sentences in order; n runs over the cases, deterministic "chance" comes from arithmetic on n.
_PERSONS = """
INSERT INTO casebook_person (id, organisation_id, creditor_id, act_id, kind, number, name, initials, id_masked, sex, region, timezone, details, born_on)
SELECT n, {row}, 'person', 'B' || n, 'Bench ' || n, 'b', '', '', CASE n % 3 WHEN 0 THEN '' WHEN 1 THEN '440300' ELSE '110101' END,
    'Asia/Shanghai', '{{}}', date '1980-01-01' + (n % 9000)::int
FROM generate_series(1::bigint, %(cases)s) n
"""
_CASES = """
INSERT INTO casebook_case (id, organisation_id, creditor_id, act_id, number, person_id, product, currency, hand, placed_on, return_on,
    told_on, settles_by_receipts, statement_cycle, recorded_at)
SELECT n, {row}, 'B' || n, n, 'card', 'CNY', 1 + (n % 10 = 0)::int + (n % 50 = 0)::int, %(on)s::date - (n % 60)::int,
    %(on)s::date + 90 - (n % 95)::int, %(on)s::date - 61, false, false, %(at)s
FROM generate_series(1::bigint, %(cases)s) n
"""
_ACCOUNTS = """
INSERT INTO casebook_account (id, organisation_id, creditor_id, act_id, case_id, product, number_sealed, number_index, number_shown, currency)
SELECT n, {row}, n, 'card', '', decode(md5('a' || n), 'hex'), '****' || n %% 10000, 'CNY' FROM generate_series(1::bigint, %(cases)s) n
"""
_ITEMS = """
INSERT INTO casebook_item (id, organisation_id, creditor_id, act_id, valid_on, recorded_at, case_id, account_id, number, due_on, confirmed_on)
SELECT n, {row}, %(on)s::date - 100 - (n %% 300)::int, %(at)s, n, n, '1', %(on)s::date - 95 - (n %% 300)::int, NULL
FROM generate_series(1::bigint, %(cases)s) n
"""
_CHARGES = """
INSERT INTO casebook_charge (organisation_id, creditor_id, act_id, valid_on, recorded_at, case_id, item_id, kind, basis, currency, amount_minor)
SELECT {row}, %(on)s::date - 100 - (n %% 300)::int, %(at)s, n, n, 'principal', 'contract', 'CNY', 50000 + (n * 7919 %% 8000000)
FROM generate_series(1::bigint, %(cases)s) n
"""
_POINTS = """
INSERT INTO casebook_contactpoint (id, organisation_id, creditor_id, act_id, valid_on, recorded_at, person_id, kind, whose, place, holder, relation,
    source, value_sealed, value_index, value_masked, tail)
SELECT n * 2 + k, {row}, %(on)s::date - 100, %(at)s, n, CASE k WHEN 0 THEN 'mobile' ELSE 'address' END, 'debtor', 'own', '', '', 'contract', '',
    decode(md5('p' || n || k), 'hex'), '138****' || n %% 10000, lpad((n %% 10000)::text, 4, '0')
FROM generate_series(1::bigint, %(cases)s) n, generate_series(0, 1) k WHERE NOT (n %% 40 = 0 AND k = 0)
"""
_CONTACTS = """
INSERT INTO casebook_contactrecord (organisation_id, creditor_id, act_id, valid_on, recorded_at, case_id, point_id, channel, inbound, style, connected,
    answered, identified, seconds, exchange, at, local_minute, product, outcome, reason_code, willingness, next_contact_on, note, analysis, recording, override_reason)
SELECT {row}, d, %(at)s, n, CASE WHEN n %% 40 <> 0 THEN n * 2 END, 'call', false, 'interactive', talk, CASE WHEN talk THEN 'debtor' ELSE 'nobody' END, talk,
    CASE WHEN talk THEN 90 ELSE 0 END, talk, d + time '10:00', 600, 'card', CASE WHEN talk THEN 'talked' ELSE 'no_answer' END, '',
    CASE WHEN talk THEN (ARRAY['willing', 'wavering', 'unable', 'refusing', 'wilful'])[1 + n %% 5] ELSE '' END,
    CASE WHEN talk AND n %% 4 = 0 THEN d + 3 END, '', '', '', ''
FROM (SELECT n, %(on)s::date - (1 + (n * 31 + c * 7) %% 59)::int AS d, (n + c) %% 3 = 0 AS talk
      FROM generate_series(1::bigint, %(cases)s) n, generate_series(1, %(contacts)s) c WHERE n %% 10 <> 0) x
WHERE d >= %(on)s::date - (n %% 60)::int
"""
_PROMISES = """
INSERT INTO casebook_promise (organisation_id, creditor_id, act_id, valid_on, recorded_at, case_id, plan, currency, amount_minor, due_on, grace_days, tolerance_minor)
SELECT {row}, %(on)s::date - (n %% 12)::int - 1, %(at)s, n, md5(n::text)::uuid, 'CNY', 20000, %(on)s::date - (n %% 12)::int + (n %% 7)::int, 0, 0
FROM generate_series(1::bigint, %(cases)s) n WHERE n %% 5 = 1
"""
_ASSIGNMENTS = """
INSERT INTO casebook_assignment (organisation_id, creditor_id, act_id, valid_on, recorded_at, case_id, user_id, team_id, reason)
SELECT {row}, %(on)s::date - (n %% 60)::int, %(at)s, n, (%(users)s::bigint[])[1 + n %% %(collectors)s], %(team)s, ''
FROM generate_series(1::bigint, %(cases)s) n
"""
_STATEMENTS = (_PERSONS, _CASES, _ACCOUNTS, _ITEMS, _CHARGES, _POINTS, _CONTACTS, _PROMISES, _ASSIGNMENTS)
_TABLES = ("person", "case", "account", "item", "charge", "contactpoint", "contactrecord", "promise", "assignment")


def fill(cases: int, contacts: int, *, on: dt.date, at: dt.datetime) -> None:
    """`cases` open card cases with up to `contacts` contact records each, then their summary rows."""
    from huikuan.casebook.journal import begin
    from huikuan.casebook.models import Case, PackBinding

    if Case.objects.exists():
        raise ValueError("the book is not empty")
    organisation = Organisation.objects.create(code="bench", name="Bench", kind=Organisation.Kind.AGENCY)
    creditor = Creditor.objects.create(organisation=organisation, code="bench", name="Bench bank", kind="bank", region="440300")
    team = Team.objects.create(organisation=organisation, code="bench", name="Bench")
    users = User.objects.bulk_create(
        User(username=f"bench{n}", organisation=organisation, team=team, role=Role.COLLECTOR, capacity=cases) for n in range(COLLECTORS)
    )
    PackBinding.objects.create(creditor=creditor, product="card", pack="phone_collection", from_on=dt.date(2000, 1, 1))
    act = begin(users[0], "bench.fill", at=at)
    parameters = {
        "org": organisation.pk, "creditor": creditor.pk, "act": act.pk, "cases": cases, "contacts": contacts, "on": on, "at": at,
        "users": [user.pk for user in users], "collectors": COLLECTORS, "team": team.pk,
    }  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # no foreign-key triggers: rows are made to fit
        for statement in _STATEMENTS:
            text = statement.replace("{row}", _ROW).replace("{{}}", "{}")
            cursor.execute(text.replace("%%", "%").replace("%", "%%").replace("%%(", "%("), parameters)
        for table in ("person", "case", "account", "item", "contactpoint"):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('casebook_{table}', 'id'), (SELECT max(id) FROM casebook_{table}))")
    with connection.cursor() as cursor:
        for table in _TABLES:
            cursor.execute(f"VACUUM ANALYZE casebook_{table}")
    facts.rebuild()
