"""An opinion is carried past no newer wording of the law, and not without the condition it was given under."""

from django.db import migrations

from compliance.carry_sql import HOLDS_UNDER_THE_LAW, HOLDS_WHILE_THERE


class Migration(migrations.Migration):
    dependencies = [("compliance", "0010_authors_contribute")]

    operations = [migrations.RunSQL(HOLDS_UNDER_THE_LAW, HOLDS_WHILE_THERE)]
