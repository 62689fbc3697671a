"""A confirmed or dropped request is not settled another way afterwards."""

from django.db import migrations

from kernel.rls import OnceSettled


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0004_reset_requests")]

    operations = [OnceSettled("tenancy_rolerequest"), OnceSettled("tenancy_resetrequest")]
