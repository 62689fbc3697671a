"""The database knows whose signature the desk's deeds must carry."""

from django.db import migrations

from kernel.ed25519_sql import CREATE, DROP


class Migration(migrations.Migration):
    dependencies = [("kernel", "0005_left_open_in_bounds")]
    operations = [migrations.RunSQL(CREATE, DROP)]
