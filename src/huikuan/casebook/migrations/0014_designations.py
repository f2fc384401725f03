from django.db import migrations

#: What the payers named was known only while a payment was posted. It is kept now: from the lists,
#: whose payments paid their own item, and from the requests by hand, which still say it.
LISTS = """
    INSERT INTO casebook_designation
        (organisation_id, creditor_id, act_id, valid_on, recorded_at, payment_id, case_id, item_id, nth)
    SELECT p.organisation_id, p.creditor_id, p.act_id, p.valid_on, p.recorded_at, p.id, p.case_id,
        x.item_id, 0
    FROM casebook_payment p
    JOIN (
        SELECT payment_id, min(item_id) AS item_id FROM casebook_allocation GROUP BY payment_id
    ) x ON x.payment_id = p.id
    WHERE p.reference LIKE 'placement:%'
"""
HAND = """
    INSERT INTO casebook_designation
        (organisation_id, creditor_id, act_id, valid_on, recorded_at, payment_id, case_id, item_id, nth)
    SELECT p.organisation_id, p.creditor_id, p.act_id, p.valid_on, p.recorded_at, p.id, p.case_id,
        i.id, c.nth - 1
    FROM casebook_approval a
    CROSS JOIN LATERAL jsonb_array_elements_text(
        CASE WHEN jsonb_typeof(a.subject -> 'chosen') = 'array' THEN a.subject -> 'chosen' ELSE '[]' END
    ) WITH ORDINALITY AS c(item, nth)
    JOIN casebook_payment p ON p.creditor_id = a.creditor_id AND p.case_id = a.case_id
        AND p.reference = a.subject ->> 'reference'
    JOIN casebook_item i ON i.id = c.item::bigint
    WHERE a.kind = 'payment' AND a.status = 'granted'
"""


class Migration(migrations.Migration):

    dependencies = [
        ('casebook', '0013_ledger'),
    ]

    operations = [
        migrations.RunSQL(LISTS, migrations.RunSQL.noop),
        migrations.RunSQL(HAND, migrations.RunSQL.noop),
    ]
