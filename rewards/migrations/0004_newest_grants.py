"""The list of granted services is read from its newest end, page by page."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # an index is built beside the running platform

    dependencies = [("rewards", "0003_visits_served_early")]

    operations = [
        AddIndexConcurrently(
            model_name="grant",
            index=models.Index(fields=["institution_id", "id"], name="grant_newest"),
        ),
    ]
