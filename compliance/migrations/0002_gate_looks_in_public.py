"""The gate's functions read our own tables, whatever temporary ones a session has put before them."""

from django.db import migrations

FUNCTIONS = (
    "compliance_is_complete(uuid)",
    "compliance_is_approved(uuid, text, uuid, text)",
    "compliance_review_guard()",
    "compliance_decision_guard()",
)


class Migration(migrations.Migration):
    dependencies = [("compliance", "0001_review")]

    operations = [
        migrations.RunSQL(
            f"ALTER FUNCTION {function} SET search_path = public, pg_temp",
            f"ALTER FUNCTION {function} RESET search_path",
        )
        for function in FUNCTIONS
    ]
