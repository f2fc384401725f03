"""What was written down of a complaint stays, and an interest does not end with a change of team.

1. Who belonged to which team, and led it, is kept with its time, by the database itself.
2. Whether somebody has an interest in a complaint is one function, for the program and for every
   trigger: the collector complained about, whoever led their team since the case came, whoever
   holds or held the case.
3. No owner has an interest: neither when one is named, nor when collector or case of the complaint
   are corrected.
4. Events are only added. After the end nothing is, but the report of the result.
5. A demand may be held to be unreasonable again, where a second person said no before.
6. A hold names the complaint and its point; it repeated the words of the complainant before.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SPELLS = """
CREATE FUNCTION casebook_note_team(who bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    now_team bigint;
    now_leads boolean;
    standing casebook_teamspell%ROWTYPE;
BEGIN
    SELECT u.team_id, EXISTS (
        SELECT 1 FROM people_user_roles given
        JOIN people_role role ON role.id = given.role_id
        WHERE given.user_id = u.id AND role.wall = 'team'
    ) INTO now_team, now_leads
    FROM people_user u WHERE u.id = who;

    SELECT * INTO standing FROM casebook_teamspell s WHERE s.user_id = who AND s.until IS NULL;
    IF standing.team_id IS NOT DISTINCT FROM now_team
        AND (now_team IS NULL OR standing.leads = now_leads)
    THEN
        RETURN;
    END IF;

    UPDATE casebook_teamspell SET until = clock_timestamp() WHERE user_id = who AND until IS NULL;
    IF now_team IS NOT NULL THEN
        INSERT INTO casebook_teamspell (user_id, team_id, leads, since)
        VALUES (who, now_team, now_leads, clock_timestamp());
    END IF;
END $$;

CREATE FUNCTION casebook_team_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM casebook_note_team(NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER team_spell AFTER INSERT OR UPDATE OF team_id ON people_user
    FOR EACH ROW EXECUTE FUNCTION casebook_team_changed();

CREATE FUNCTION casebook_roles_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM casebook_note_team(OLD.user_id);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM casebook_note_team(NEW.user_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER team_spell AFTER INSERT OR UPDATE OR DELETE ON people_user_roles
    FOR EACH ROW EXECUTE FUNCTION casebook_roles_changed();

CREATE FUNCTION casebook_wall_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM casebook_note_team(given.user_id) FROM people_user_roles given
    WHERE given.role_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER team_spell AFTER UPDATE OF wall ON people_role
    FOR EACH ROW WHEN (OLD.wall <> NEW.wall) EXECUTE FUNCTION casebook_wall_changed();

-- What is so now was so since ever, as far as the book knows.
INSERT INTO casebook_teamspell (user_id, team_id, leads)
SELECT u.id, u.team_id, EXISTS (
    SELECT 1 FROM people_user_roles given
    JOIN people_role role ON role.id = given.role_id
    WHERE given.user_id = u.id AND role.wall = 'team'
)
FROM people_user u WHERE u.team_id IS NOT NULL;
"""
NO_SPELLS = """
DROP TRIGGER team_spell ON people_role;
DROP TRIGGER team_spell ON people_user_roles;
DROP TRIGGER team_spell ON people_user;
DROP FUNCTION casebook_wall_changed();
DROP FUNCTION casebook_roles_changed();
DROP FUNCTION casebook_team_changed();
DROP FUNCTION casebook_note_team(bigint);
"""

INTEREST = """
CREATE FUNCTION casebook_complaint_interest(who bigint, about bigint, the_case bigint)
RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    -- What happened before the case came is no part of the matter. Without a case nobody knows.
    began timestamptz := (SELECT c.placed_on FROM casebook_case c WHERE c.id = the_case);
BEGIN
    IF who = about THEN
        RETURN 'about';
    END IF;
    IF EXISTS (
        SELECT 1 FROM casebook_teamspell lead
        JOIN casebook_teamspell member ON member.team_id = lead.team_id
        WHERE lead.user_id = who AND lead.leads AND member.user_id = about
            AND coalesce(lead.since, '-infinity') < coalesce(member.until, 'infinity')
            AND coalesce(member.since, '-infinity') < coalesce(lead.until, 'infinity')
            AND least(lead.until, member.until, 'infinity') >= coalesce(began, '-infinity')
    ) THEN
        RETURN 'lead';
    END IF;
    IF EXISTS (
        SELECT 1 FROM casebook_assignment held
        WHERE held.case_id = the_case AND held.user_id = who
    ) THEN
        RETURN 'held';
    END IF;
    RETURN '';
END $$;
"""
NO_INTEREST = "DROP FUNCTION casebook_complaint_interest(bigint, bigint, bigint);"

OWNER = """
CREATE OR REPLACE FUNCTION casebook_complaint_owner() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    about casebook_complaint%ROWTYPE;
BEGIN
    SELECT * INTO about FROM casebook_complaint WHERE id = NEW.complaint_id;
    IF NEW.user_id IS NULL THEN
        RAISE EXCEPTION 'complaint %: an owner is a person', about.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'complaint_owner';
    END IF;
    IF casebook_complaint_interest(NEW.user_id, about.about_user_id, about.case_id) <> '' THEN
        RAISE EXCEPTION 'complaint %: its owner would have an interest of their own', about.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'complaint_owner';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION casebook_complaint_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    corrected text[] := '{case_id,creditor_id,about_user_id}';
    owner bigint;
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - corrected <> to_jsonb(OLD) - corrected THEN
        RAISE EXCEPTION 'complaint %: what was written down stays', OLD.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'complaint_kept';
    END IF;

    SELECT e.user_id INTO owner FROM casebook_complaintevent e
    WHERE e.complaint_id = NEW.id AND e.kind = 'owned'
    ORDER BY e.happened_at DESC, e.id DESC LIMIT 1;
    IF casebook_complaint_interest(owner, NEW.about_user_id, NEW.case_id) <> '' THEN
        RAISE EXCEPTION 'complaint %: its owner would have an interest of their own', NEW.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'complaint_owner';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER complaint_kept BEFORE UPDATE OR DELETE ON casebook_complaint
    FOR EACH ROW EXECUTE FUNCTION casebook_complaint_kept();

CREATE FUNCTION casebook_complaint_events_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'complaint event %: events are only added', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'complaint_events_kept';
    END IF;
    IF NEW.kind NOT IN ('result_reported', 'paper', 'linked') AND EXISTS (
        SELECT 1 FROM casebook_complaintevent e
        WHERE e.complaint_id = NEW.complaint_id AND e.kind = 'closed'
    ) THEN
        RAISE EXCEPTION 'complaint %: it is closed', NEW.complaint_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'complaint_closed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER complaint_events_kept BEFORE INSERT OR UPDATE OR DELETE ON casebook_complaintevent
    FOR EACH ROW EXECUTE FUNCTION casebook_complaint_events_kept();
"""
NO_OWNER = """
DROP TRIGGER complaint_events_kept ON casebook_complaintevent;
DROP FUNCTION casebook_complaint_events_kept();
DROP TRIGGER complaint_kept ON casebook_complaint;
DROP FUNCTION casebook_complaint_kept();
"""

#: As the house writes it. A hold that stood before the complaint keeps the reason it was set for.
REASONS = """
UPDATE casebook_hold h
SET reason = '投诉 ' || q.number || '，第 ' || p.number || ' 点'
FROM casebook_complaintpoint p
JOIN casebook_complaint q ON q.id = p.complaint_id
WHERE p.hold_id = h.id AND p.act_id = h.act_id
"""


CHOICES = [
    ("accepted", "accepted"),
    ("owned", "owner named"),
    ("promised", "time of reply told"),
    ("promised_again", "time of reply told again after it ran out"),
    ("corrected", "case, client or collector corrected"),
    ("departments_told", "departments told"),
    ("department_answered", "department answered"),
    ("client_told", "reported to the client"),
    ("proposed", "proposed"),
    ("agreed", "complainant agrees"),
    ("refused", "complainant refuses"),
    ("unreasonable", "demand held to be unreasonable"),
    ("unreasonable_agreed", "second person agrees: unreasonable"),
    ("unreasonable_denied", "second person: not unreasonable"),
    ("explained", "rules explained"),
    ("help_asked", "client asked for help"),
    ("escalated", "escalated"),
    ("extended", "more time by law"),
    ("decided", "point decided"),
    ("replied", "decision told to the complainant"),
    ("closed", "closed"),
    ("result_reported", "result reported to the client"),
]


class Migration(migrations.Migration):

    dependencies = [
        ("casebook", "0072_kinds_of_notices"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TeamSpell",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("leads", models.BooleanField()),
                ("since", models.DateTimeField(null=True)),
                ("until", models.DateTimeField(help_text="null: still so", null=True)),
                ("team", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.team")),
                ("user", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddIndex(
            model_name="teamspell",
            index=models.Index(fields=["team"], name="teamspell_team"),
        ),
        migrations.AddConstraint(
            model_name="teamspell",
            constraint=models.UniqueConstraint(condition=models.Q(("until", None)), fields=("user",), name="teamspell_one_now"),
        ),
        migrations.AlterField(
            model_name="complaintevent",
            name="kind",
            field=models.CharField(choices=CHOICES, max_length=20),
        ),
        migrations.RemoveConstraint(model_name="complaintevent", name="complaintevent_once"),
        migrations.AddConstraint(
            model_name="complaintevent",
            constraint=models.UniqueConstraint(condition=models.Q(("kind__in", ["accepted", "closed", "result_reported"])), fields=("complaint", "kind"), name="complaintevent_once"),
        ),
        migrations.RunSQL(SPELLS, NO_SPELLS),
        migrations.RunSQL(INTEREST, NO_INTEREST),
        migrations.RunSQL(OWNER, NO_OWNER),
        migrations.RunSQL(REASONS, migrations.RunSQL.noop),
    ]
