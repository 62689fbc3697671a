"""A seal says on which day the earliest of its entries happened; those from before say nothing of it.

What happened up to a day is then found without passing by all that is newer.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("ledger", "0005_recorded_by_the_clock")]
    operations = [
        migrations.AddField("seal", "earliest_day", models.DateField(null=True, editable=False)),
        AddIndexConcurrently(
            "seal",
            models.Index(
                fields=["institution_id", "earliest_day", "last_transaction", "last_entry"],
                name="seal_by_earliest_day",
            ),
        ),
    ]
