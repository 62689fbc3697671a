"""The database gives a post that decides only on the word of two administrators, or to a house's first people."""

from django.db import migrations

from tenancy.posts_sql import CREATE, DROP


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0008_auditors_have_a_last_day")]
    operations = [migrations.RunSQL(CREATE, DROP)]
