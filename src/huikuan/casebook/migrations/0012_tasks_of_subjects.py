"""Tasks belong to a subject, and their table is partitioned by week of the anchor.

Postgres cannot turn a plain table into a partitioned one: a new table takes the rows over in
batches, each a transaction of its own, and then its name. A migration that is killed goes on where
it stopped.
"""

import datetime as dt

import django.db.models.deletion
from django.db import migrations, models, transaction

from huikuan.casebook import partitions

BATCH = 500_000
#: Weeks of the past that get partitions of their own; all before them share one.
WEEKS_BACK = 8

CREATE = """
CREATE TABLE casebook_task_next (
    id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    creditor_id bigint NOT NULL,
    run_id bigint NOT NULL,
    pack_version_id bigint NOT NULL,
    case_id bigint,
    subject_id bigint NOT NULL,
    step_id integer NOT NULL,
    anchor date NOT NULL,
    due_on date NOT NULL,
    deadline_on date,
    reason text NOT NULL,
    verdict varchar(24) NOT NULL,
    earliest_on date,
    status varchar(10) NOT NULL,
    status_reason varchar(60) NOT NULL,
    status_on date
) PARTITION BY RANGE (anchor)
"""
COPY = """
INSERT INTO casebook_task_next (id, organisation_id, creditor_id, run_id, pack_version_id, case_id,
    subject_id, step_id, anchor, due_on, deadline_on, reason, verdict, earliest_on, status,
    status_reason, status_on)
SELECT id, organisation_id, creditor_id, run_id, pack_version_id, case_id,
    CASE WHEN item_key = 0 THEN case_id ELSE item_key END, step_id, anchor, due_on, deadline_on,
    reason, verdict, earliest_on, status, status_reason, status_on
FROM casebook_task WHERE id > %s AND id <= %s
"""
#: The keys come after the rows: a sorted index is built once and not row by row. Ids go on.
SWAP = """
DROP TABLE casebook_task;
ALTER TABLE casebook_task_next RENAME TO casebook_task;
ALTER TABLE casebook_task ADD PRIMARY KEY (id, anchor);
ALTER TABLE casebook_task ADD CONSTRAINT task_once UNIQUE (subject_id, step_id, anchor);
CREATE INDEX task_open ON casebook_task (case_id) WHERE status = 'open';
ALTER TABLE casebook_task ALTER COLUMN id SET DEFAULT nextval('casebook_task_ids');
ALTER SEQUENCE casebook_task_ids OWNED BY casebook_task.id;
"""


def move_tasks(apps, schema_editor):
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        if _exists(cursor, "casebook_task_next") is None:
            with transaction.atomic():
                cursor.execute(CREATE)
                _make_partitions(cursor)

        cursor.execute("SELECT coalesce(max(id), 0) FROM casebook_task")
        last = cursor.fetchone()[0]
        cursor.execute("SELECT coalesce(max(id), 0) FROM casebook_task_next")
        done = cursor.fetchone()[0]
        while done < last:
            with transaction.atomic():
                cursor.execute(COPY, [done, done + BATCH])
            done += BATCH

        with transaction.atomic():
            _swap(cursor, last)


def _exists(cursor, table):
    cursor.execute("SELECT to_regclass(%s)", [f"public.{table}"])
    return cursor.fetchone()[0]


def _make_partitions(cursor):
    """Weeks for the last tasks of the book, or from today on for an empty one."""
    cursor.execute("SELECT coalesce(max(anchor), current_date) FROM casebook_task")
    last = cursor.fetchone()[0]
    monday = last - dt.timedelta(days=last.weekday())
    cursor.execute("SELECT EXISTS (SELECT 1 FROM casebook_task)")
    if cursor.fetchone()[0]:
        monday -= WEEKS_BACK * partitions.WEEK

    cursor.execute(
        "CREATE TABLE casebook_task_before PARTITION OF casebook_task_next"
        f" FOR VALUES FROM (MINVALUE) TO ('{monday.isoformat()}')"
    )
    while monday <= last:
        following = monday + partitions.WEEK
        cursor.execute(
            f"CREATE TABLE casebook_task_{monday:%Y_%m_%d} PARTITION OF casebook_task_next"
            f" FOR VALUES FROM ('{monday.isoformat()}') TO ('{following.isoformat()}')"
        )
        monday = following


def _swap(cursor, last):
    """The new table takes the name of the old one; nothing can refer to it by a constraint."""
    cursor.execute(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint"
        " WHERE contype = 'f' AND confrelid = 'casebook_task'::regclass"
    )
    for table, constraint in cursor.fetchall():
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")

    cursor.execute("CREATE SEQUENCE casebook_task_ids")
    cursor.execute("SELECT setval('casebook_task_ids', %s, %s)", [max(last, 1), last > 0])
    for statement in SWAP.strip().split(";"):
        if statement.strip():
            cursor.execute(statement)


#: A step about items made tasks with an item's key. Loading a pack names the subject of the others.
SUBJECTS = """
UPDATE casebook_step SET subject = 'item'
WHERE id IN (SELECT step_id FROM casebook_task WHERE item_key <> 0)
"""


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("casebook", "0011_fact_tables")]

    operations = [
        migrations.AddField(
            model_name="step",
            name="subject",
            field=models.CharField(default="case", help_text="what it is about", max_length=20),
        ),
        migrations.RunSQL(SUBJECTS, migrations.RunSQL.noop),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(move_tasks, migrations.RunPython.noop)],
            state_operations=[
                migrations.RemoveConstraint(model_name="task", name="task_once"),
                migrations.RemoveField(model_name="task", name="item_key"),
                migrations.AddField(
                    model_name="task",
                    name="subject_id",
                    field=models.BigIntegerField(
                        default=0, help_text="the step says of which kind of subject"
                    ),
                    preserve_default=False,
                ),
                migrations.AlterField(
                    model_name="task",
                    name="case",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        help_text="null for a subject that has none",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="casebook.case",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="task",
                    constraint=models.UniqueConstraint(
                        fields=("subject_id", "step", "anchor"), name="task_once"
                    ),
                ),
                migrations.AlterField(
                    model_name="contactrecord",
                    name="tasks",
                    field=models.ManyToManyField(
                        blank=True,
                        db_constraint=False,
                        related_name="contacts",
                        to="casebook.task",
                    ),
                ),
            ],
        ),
    ]
