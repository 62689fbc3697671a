"""A campaign's leads are read from the newest on, page by page."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("analytics", "0007_stages_before")]
    operations = [
        AddIndexConcurrently(
            model_name="lead",
            index=models.Index(
                fields=["institution_id", "campaign_id", "-declared_at", "-id"], name="lead_of_campaign"
            ),
        )
    ]
