"""A cost is entered once for every page it was typed on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0004_leads"),
    ]

    operations = [
        migrations.AddField(
            model_name="spend",
            name="form_key",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name="spend",
            constraint=models.UniqueConstraint(fields=("institution_id", "form_key"), name="spend_form_once"),
        ),
    ]
