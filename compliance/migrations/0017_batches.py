"""What was submitted together is read on one page."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("compliance", "0016_all_writers")]

    operations = [
        migrations.AddField("review", "batch_id", models.UUIDField(null=True)),
        migrations.AddIndex(
            "review",
            models.Index(
                condition=models.Q(("batch_id__isnull", False)),
                fields=["institution_id", "batch_id"],
                name="review_of_batch",
            ),
        ),
    ]
