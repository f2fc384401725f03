"""A step of a procedure may post a charge: it stands among the corrections, as a kind of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('casebook', '0024_approval_chains'),
    ]

    operations = [
        migrations.AlterField(
            model_name='correction',
            name='kind',
            field=models.CharField(choices=[('credit_note', 'credit note'), ('waiver', 'waiver'), ('correction', 'correction'), ('void', 'taken back'), ('step', 'charge of the procedure')], max_length=12),
        ),
    ]
