"""An auditor reads until a day. Whoever audits without one today has thirty days for a new seat."""

from django.db import migrations, models
from django.db.models import Q

BOX = """
ALTER TABLE tenancy_staff NO FORCE ROW LEVEL SECURITY;
UPDATE tenancy_staff SET access_until = clock_timestamp() + interval '30 days'
 WHERE 'auditor' = ANY (roles) AND access_until IS NULL;
ALTER TABLE tenancy_staff FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0007_requests_of_one_kind")]

    operations = [
        migrations.RunSQL(BOX, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "staff",
            models.CheckConstraint(
                condition=~Q(roles__contains=["auditor"]) | Q(access_until__isnull=False),
                name="staff_auditor_has_a_last_day",
            ),
        ),
    ]
