"""An entry says when it was written down, by a clock that no writer sets, and is not dated at will.

Entries of before have no such moment and stay as they were sealed.
"""

from django.db import migrations, models

import ledger.models
from ledger.recorded_sql import ADD, KEPT, LEFT_OPEN, REMOVE


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_found_by_deed")]
    operations = [
        migrations.RunSQL(ADD, REMOVE),
        migrations.RunSQL(KEPT, LEFT_OPEN),
        migrations.AddField(
            model_name="entry",
            name="recorded_at",
            field=models.DateTimeField(db_default=ledger.models.DatabaseClock(), editable=False, null=True),
        ),
    ]
