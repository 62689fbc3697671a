"""Nothing is approved without compliance, whatever stages a review names."""

from django.db import migrations

from compliance import officer_sql


class Migration(migrations.Migration):
    dependencies = [("compliance", "0018_set_aside_while_open")]

    operations = [migrations.RunSQL(officer_sql.CREATE, officer_sql.DROP)]
