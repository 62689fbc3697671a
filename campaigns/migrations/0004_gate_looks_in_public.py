"""The gate reads our own tables, whatever temporary ones a session has put before them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0003_parties"), ("compliance", "0002_gate_looks_in_public")]

    operations = [
        migrations.RunSQL(
            "ALTER FUNCTION campaigns_gate() SET search_path = public, pg_temp",
            "ALTER FUNCTION campaigns_gate() RESET search_path",
        )
    ]
