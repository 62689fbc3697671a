"""Decisions, and what was scanned, carry the signature of the desk process."""

from django.db import migrations, models
from django.db.models import Value

from compliance.signed_sql import CREATE, DROP


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0027_the_fewest_are_counted"),
        ("kernel", "0006_desk_keys"),
    ]

    operations = [
        *(
            migrations.AddField(model_name=model, name=name, field=field)
            for model, name, field in (
                (
                    "decision",
                    "session",
                    models.CharField(blank=True, db_default="", default="", max_length=64),
                ),
                ("decision", "key", models.CharField(blank=True, db_default="", default="", max_length=32)),
                ("decision", "signature", models.BinaryField(db_default=Value(b""), default=bytes)),
                (
                    "review",
                    "scan_key",
                    models.CharField(blank=True, db_default="", default="", max_length=32),
                ),
                ("review", "scan_signature", models.BinaryField(db_default=Value(b""), default=bytes)),
            )
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
