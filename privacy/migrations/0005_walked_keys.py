"""How far a key rotation has come along the tables it moves."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("privacy", "0004_notice_in_full_width")]
    operations = [
        migrations.AddField(
            model_name="keyrotation",
            name="walked_table",
            field=models.CharField(db_default="", default="", max_length=80),
        ),
        migrations.AddField(
            model_name="keyrotation",
            name="walked_to",
            field=models.UUIDField(null=True),
        ),
    ]
