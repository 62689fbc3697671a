"""No step by anyone who wrote any of it, held by the database; a dismissal falls when its author turns author
of the content; a carried opinion spans no change that concerns its post.
"""

from django.db import migrations, models

from compliance import concern_sql, writers_sql


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0015_evidence_packages"),
        ("ledger", "0003_order_is_not_the_writers"),
    ]

    operations = [
        migrations.RemoveConstraint("dismissal", "dismissal_once"),
        migrations.AddIndex(
            "dismissal",
            models.Index(fields=["institution_id", "subject_id", "finding_key"], name="dismissal_of_finding"),
        ),
        migrations.RunSQL(writers_sql.CREATE, writers_sql.DROP),
        migrations.RunSQL(concern_sql.CREATE, concern_sql.DROP),
    ]
