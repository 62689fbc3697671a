"""No notice is published with a passage that waits to be filled in."""

from django.db import migrations

from kernel.rls import FilledIn


class Migration(migrations.Migration):
    dependencies = [("privacy", "0008_keys_go_forward"), ("kernel", "0004_nothing_left_open")]

    operations = [FilledIn("privacy_noticeversion", ["title", "body", "purposes"])]
