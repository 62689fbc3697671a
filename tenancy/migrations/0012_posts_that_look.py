"""The post that reads records of people takes two administrators, too, and so does coming back to any of them:
a colleague who was shut out, or a seat that is to last longer.
"""

from django.db import migrations

from tenancy.posts_sql import GUARD_COMING_BACK, GUARD_GIVING


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0011_confirmed_at_the_desk")]
    operations = [migrations.RunSQL(GUARD_COMING_BACK, GUARD_GIVING)]
