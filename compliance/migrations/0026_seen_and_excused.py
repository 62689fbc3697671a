"""What the scan saw and let through is kept with the review; a process of the release before writes nothing."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("compliance", "0025_one_answer")]

    operations = [
        migrations.AddField(
            "review",
            "excused",
            models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
    ]
