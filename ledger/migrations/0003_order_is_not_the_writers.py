"""The runtime role may write what happened, but neither the entry's number nor its transaction.

Both are the database's to give: an entry filed under an old transaction would land behind every cursor and
every seal.
"""

from django.conf import settings
from django.db import migrations

ROLE = settings.RUNTIME_ROLE
WRITTEN = (
    "at, institution_id, verb, actor_kind, actor_id, subject_kind, subject_id, campaign_id, version_id, "
    "channel, variant, data"
)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_seal")]
    operations = [
        migrations.RunSQL(
            f"REVOKE INSERT ON ledger_entry FROM {ROLE}; GRANT INSERT ({WRITTEN}) ON ledger_entry TO {ROLE};",
            f"GRANT INSERT ON ledger_entry TO {ROLE};",
        )
    ]
