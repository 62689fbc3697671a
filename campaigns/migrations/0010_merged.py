"""A second copy of the same words is set aside for the one that is kept."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0009_matters")]

    operations = [
        migrations.AddField(
            "question",
            "merged_into",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="campaigns.question",
            ),
        ),
        migrations.AddConstraint(
            "question",
            models.CheckConstraint(
                condition=models.Q(
                    ("merged_into__isnull", True),
                    models.Q(
                        ("retired_at__isnull", False),
                        models.Q(("merged_into", models.F("id")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="question_merged_is_retired",
            ),
        ),
    ]
