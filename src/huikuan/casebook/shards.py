"""The shard of a row: assigned once when the row is made, and read from the row ever after.

All that belongs to one human lies in one shard: it follows from the key of an ID number, or from
the creditor's own number for a debtor of whom no ID number was known. What spans persons (acts,
placements, runs) follows from the organisation. Every other row takes the shard of the row that it
belongs to.

The database assigns it, whoever writes: a trigger fills what was left empty. Statements that write
very many rows name it themselves, and no trigger is called for them. In Django's models the column
does not stand; docs/decisions/shard-column.md says why.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import connection, transaction

from huikuan.casebook.partitions import without_triggers

#: Rows are spread over so many shards. It never changes: the number stands in every row.
SHARDS = 1024
#: Rows that one step fills.
STEP = 200_000

#: Shard of bytes: the beginning of their SHA-256. `of_bytes` is the same in Python.
FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION casebook_shard(data bytea) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT (get_byte(sha256(data), 0) * 256 + get_byte(sha256(data), 1)) % {SHARDS}
$$;
CREATE OR REPLACE FUNCTION casebook_shard_of_house(organisation_id bigint) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT casebook_shard(int8send(organisation_id))
$$;
CREATE OR REPLACE FUNCTION casebook_shard_of_person(creditor_id bigint, number text) RETURNS integer
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT casebook_shard(int8send(creditor_id) || convert_to(number, 'UTF8'))
$$;
"""

HOUSE = "casebook_shard_of_house({row}.organisation_id)"


def _of(table: str, column: str) -> str:
    """The shard of the row that this column names."""
    return f"(SELECT shard FROM casebook_{table} WHERE id = {{row}}.{column})"


CASE = _of("case", "case_id")
#: What may belong to a case or to none.
CASE_OR_HOUSE = f"coalesce({CASE}, {HOUSE})"
#: Table → the shard of its row {row}, parents before those that read them.
SOURCES = {
    "personkey": "casebook_shard({row}.key)",
    "person": (
        f"coalesce({_of('personkey', 'key_id')},"
        " casebook_shard_of_person({row}.creditor_id, {row}.number))"
    ),
    "case": _of("person", "person_id"),
    "act": HOUSE,
    "placement": HOUSE,
    "placementrow": _of("placement", "placement_id"),
    "placementproblem": _of("placement", "placement_id"),
    "placementevent": _of("placement", "placement_id"),
    "clock": CASE_OR_HOUSE,
    "clockextension": _of("clock", "clock_id"),
    "breach": _of("clock", "clock_id"),
    "breachexplained": _of("breach", "breach_id"),
    "notice": (
        "coalesce((SELECT casebook_shard_of_house(organisation_id) FROM people_user"
        " WHERE id = {row}.user_id), 0)"
    ),
    "target": HOUSE,
    "webhooktarget": HOUSE,
    "planrun": _of("act", "act_id"),
    "planrun_packs": _of("planrun", "planrun_id"),
    "allocationrun": HOUSE,
    "allocationline": _of("allocationrun", "run_id"),
    "paymentfile": HOUSE,
    "paymentrow": _of("paymentfile", "file_id"),
    "account": CASE,
    "agreement": CASE,
    "assignment": CASE,
    "caseevent": CASE,
    "casenote": CASE,
    "charge": CASE,
    "contactpoint": _of("person", "person_id"),
    "correction": CASE,
    "deliverylock": CASE,
    "designation": CASE,
    "gatedecision": CASE,
    "hold": CASE,
    "item": CASE,
    "itemconfirmation": CASE,
    "payment": CASE,
    "paymentclaim": CASE,
    "phonecall": CASE,
    "pointstatus": CASE,
    "promise": CASE,
    "refusal": CASE,
    "reversal": CASE,
    "statement": CASE,
    "statementevent": CASE,
    "statementline": CASE,
    "statementvoid": CASE,
    "allocation": CASE,
    "contactrecord": CASE,
    "undonecontact": CASE,
    "complaint": CASE_OR_HOUSE,
    "complaintpoint": _of("complaint", "complaint_id"),
    "complaintdepartment": _of("complaint", "complaint_id"),
    "complaintproposal": _of("complaint", "complaint_id"),
    "complaintevent": _of("complaint", "complaint_id"),
    "complaintdossier": _of("complaint", "complaint_id"),
    "contactnotarrived": CASE,
    "approval": CASE_OR_HOUSE,
    "approvalanswer": _of("approval", "approval_id"),
    "document": CASE_OR_HOUSE,
    "documentpart": _of("document", "document_id"),
    "outboxmessage": CASE_OR_HOUSE,
    "outboxattachment": _of("outboxmessage", "message_id"),
    "outboxevent": _of("outboxmessage", "message_id"),
    "mailboxmessage": f"coalesce({_of('outboxmessage', 'message_id')}, {HOUSE}, 0)",
    "task": CASE_OR_HOUSE,
    "stepdone": CASE_OR_HOUSE,
    "reveal": f"coalesce({CASE}, {_of('act', 'act_id')})",
    "contactkey": _of("contactrecord", "contact_id"),
    "contactrecord_tasks": _of("contactrecord", "contactrecord_id"),
    # A mark for all cases is nobody's.
    "toplan": f"coalesce({CASE}, 0)",
    "spent": _of("gatedecision", "decision_id"),
    "placementhandler": _of("placement", "placement_id"),
    "casefilter": CASE,
    "filterlook": _of("casefilter", "filtered_id"),
    "lookup": CASE,
    "lookupevent": CASE,
    "penalty": HOUSE,
    "channel": HOUSE,
    "channelfile": _of("channel", "channel_id"),
}
#: What may get its owner later than its shard: the shard stays what it was.
MAY_DIFFER = {"person", "mailboxmessage"}
#: Tables that belong to no person and no house, or go with the staff, who are in every shard: each
#: shard would have a copy of its own.
EVERYWHERE = {
    "packversion",
    "packactivation",
    "packbinding",
    "step",
    "tally",
    "mailbox",
    "signedcall",
    "teamspell",
}

TRIGGER = """
CREATE FUNCTION casebook_{table}_shard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.shard := {source};
    IF NEW.shard IS NULL THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'a row of casebook_{table} belongs to nothing that has a shard';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER casebook_{table}_shard BEFORE INSERT ON casebook_{table}
FOR EACH ROW WHEN (NEW.shard IS NULL) EXECUTE FUNCTION casebook_{table}_shard();
ALTER TABLE casebook_{table} ENABLE ALWAYS TRIGGER casebook_{table}_shard;
"""


def of_bytes(data: bytes) -> int:
    """The shard of these bytes, as casebook_shard has it."""
    return int.from_bytes(hashlib.sha256(data).digest()[:2], "big") % SHARDS


def of_house(organisation_id: int) -> int:
    """The shard of what belongs to an organisation and to no person."""
    return of_bytes(organisation_id.to_bytes(8, "big", signed=True))


def of_person(creditor_id: int, number: str, key: bytes | None) -> int:
    """The shard of a debtor. `key`: what joins the records of one human, where it is known."""
    if key is not None:
        return of_bytes(key)
    return of_bytes(creditor_id.to_bytes(8, "big", signed=True) + number.encode())


def source(table: str, row: str) -> str:
    """The SQL of the shard of a row of casebook_`table`."""
    return SOURCES[table].replace("{row}", row)


def add(table: str) -> None:
    """Gives casebook_`table` its shards, and the trigger of those to come.

    Rows are filled in steps, each a transaction of its own; killed, it goes on where it stopped.
    """
    name = f"casebook_{table}"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {name} ADD COLUMN IF NOT EXISTS shard smallint")
        _fill(cursor, table)
        with transaction.atomic():
            cursor.execute(f"DROP FUNCTION IF EXISTS {name}_shard() CASCADE")
            cursor.execute(TRIGGER.format(table=table, source=source(table, "NEW")))
            cursor.execute(f"ALTER TABLE {name} ALTER COLUMN shard SET NOT NULL")


def _fill(cursor: Any, table: str) -> None:
    """Fills the rows that have no shard yet, by their keys."""
    name = f"casebook_{table}"
    key = _number_key(cursor, name)
    cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {name} WHERE shard IS NULL)")
    if not cursor.fetchone()[0]:
        return

    if key is None:
        with transaction.atomic():
            _fill_step(cursor, table, "true", [])
        return

    cursor.execute(f"SELECT min({key}), max({key}) FROM {name} WHERE shard IS NULL")
    first, last = cursor.fetchone()
    for start in range(first, last + 1, STEP):
        with transaction.atomic():
            _fill_step(cursor, table, f"r.{key} >= %s AND r.{key} < %s", [start, start + STEP])


def _fill_step(cursor: Any, table: str, rows: str, values: list[int]) -> None:
    """What was sealed against change is filled too: the column is new, nothing else changes."""
    name = f"casebook_{table}"
    with without_triggers(cursor, name):
        cursor.execute(
            f"UPDATE {name} r SET shard = {source(table, 'r')} WHERE r.shard IS NULL AND {rows}",
            values,
        )


def _number_key(cursor: Any, name: str) -> str | None:
    """The column of numbers that is the first of the table's key."""
    cursor.execute(
        "SELECT a.attname FROM pg_index i JOIN pg_attribute a"
        " ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
        " WHERE i.indrelid = %s::regclass AND i.indisprimary"
        " AND a.atttypid = 'bigint'::regtype",
        [name],
    )
    found = cursor.fetchone()
    return found[0] if found else None


def differing() -> dict[str, int]:
    """Tables with rows in another shard than what they belong to, and how many: minutes for a
    large book."""
    found = {}
    with connection.cursor() as cursor:
        for table in SOURCES:
            if table in MAY_DIFFER:
                continue

            cursor.execute(
                f"SELECT count(*) FROM casebook_{table} r"
                f" WHERE r.shard IS DISTINCT FROM {source(table, 'r')}"
            )
            count = int(cursor.fetchone()[0])
            if count:
                found[f"casebook_{table}"] = count
    return found
