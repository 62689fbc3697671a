"""What was set aside is answered for the sentence that was read, and for no other."""

from django.db import migrations, models

from compliance import settled_sql


class Migration(migrations.Migration):
    dependencies = [("compliance", "0023_withdrawn_articles")]

    operations = [
        migrations.AddField(
            "dismissal", "sentence", models.CharField(max_length=16, default="", db_default="")
        ),
        migrations.RunSQL(settled_sql.IN_ITS_SENTENCE, settled_sql.ANYWHERE),
    ]
