"""No approval over a warning that no reviewer answered, nor over a block without compliance among the two."""

from django.db import migrations

from compliance import settled_sql


class Migration(migrations.Migration):
    dependencies = [("compliance", "0019_compliance_decides")]

    operations = [migrations.RunSQL(settled_sql.CREATE, settled_sql.DROP)]
