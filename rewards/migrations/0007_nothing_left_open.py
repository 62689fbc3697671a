"""No service is offered with a passage that waits to be filled in; one from before can still be retired."""

from django.db import migrations

from kernel.rls import FilledIn


class Migration(migrations.Migration):
    dependencies = [("rewards", "0006_codes_keep_their_key"), ("kernel", "0004_nothing_left_open")]

    operations = [FilledIn("rewards_benefit", ["title", "summary"])]
