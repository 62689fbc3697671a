"""The explorer finds what somebody did, one kind of deed, or a campaign's course without reading the ledger
from its end.

Entries of participants are nearly all there are: by their kind they are found in the ledger's own order.
"""

from django.db import migrations

from kernel.partitioned_index import PartitionedIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("ledger", "0003_order_is_not_the_writers")]
    operations = [
        PartitionedIndex("ledger_entry_verb", "ledger_entry", "institution_id, verb, transaction, id"),
        PartitionedIndex(
            "ledger_entry_staff",
            "ledger_entry",
            "institution_id, actor_id, transaction, id",
            "actor_kind = 'staff'",
        ),
        PartitionedIndex(
            "ledger_entry_kind",
            "ledger_entry",
            "institution_id, actor_kind, transaction, id",
            "actor_kind <> 'participant'",
        ),
        PartitionedIndex(
            "ledger_entry_course", "ledger_entry", "institution_id, campaign_id, transaction, id"
        ),
        migrations.RunSQL(
            "DROP INDEX ledger_entry_campaign",
            "CREATE INDEX ledger_entry_campaign ON ledger_entry (institution_id, campaign_id, id)",
        ),
    ]
