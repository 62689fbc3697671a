"""A process of the release before writes neither of these columns: the database fills them in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("compliance", "0008_taken")]

    operations = [
        migrations.AlterField(
            "review",
            "asked_again",
            models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AlterField(
            "review", "asked_because", models.CharField(db_default="", default="", max_length=16)
        ),
        migrations.AlterField(
            "condition", "number", models.CharField(blank=True, db_default="", default="", max_length=80)
        ),
    ]
