"""How many a review asks at the least is counted by the database, from the content and what was found in it."""

from django.db import migrations

from compliance.floor_sql import CREATE, DROP


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0026_seen_and_excused"),
        ("tenancy", "0009_posts_by_two"),
    ]
    operations = [migrations.RunSQL(CREATE, DROP)]
