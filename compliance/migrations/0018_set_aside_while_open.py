"""A finding is set aside, and that confirmed, while its review is open: the writers asked about are of that one."""

from django.db import migrations

from compliance.writers_sql import ASIDE, ASIDE_IN_AN_OPEN_REVIEW


class Migration(migrations.Migration):
    dependencies = [("compliance", "0017_batches")]

    operations = [migrations.RunSQL(ASIDE_IN_AN_OPEN_REVIEW, ASIDE)]
