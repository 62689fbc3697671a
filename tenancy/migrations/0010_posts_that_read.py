"""The post that reads customers and redeems their codes is given by two administrators, too."""

from django.db import migrations

from tenancy.posts_sql import GIVEN_BY_TWO, GUARD_SERVICE


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0009_posts_by_two")]
    operations = [migrations.RunSQL(GUARD_SERVICE, GIVEN_BY_TWO)]
