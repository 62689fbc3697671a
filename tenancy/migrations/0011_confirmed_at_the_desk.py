"""The second administrator's word carries the desk's signature."""

from django.db import migrations, models
from django.db.models import Value

from kernel.rls import Immutable
from tenancy.posts_sql import SECOND_PERSON, SIGNED_SECOND_PERSON

SETTLING = ["status", "settled_by_id", "settled_at", "by_operator"]
BEFORE = Immutable("tenancy_accessrequest", except_columns=SETTLING)
AFTER = Immutable("tenancy_accessrequest", except_columns=[*SETTLING, "session", "key", "signature"])


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0010_posts_that_read"), ("kernel", "0006_desk_keys")]
    operations = [
        *(
            migrations.AddField(model_name="accessrequest", name=name, field=field)
            for name, field in (
                ("session", models.CharField(blank=True, db_default="", default="", max_length=64)),
                ("key", models.CharField(blank=True, db_default="", default="", max_length=32)),
                ("signature", models.BinaryField(db_default=Value(b""), default=bytes)),
            )
        ),
        migrations.RunSQL(BEFORE.reverse_sql, BEFORE.sql),
        AFTER,
        migrations.RunSQL(SIGNED_SECOND_PERSON, SECOND_PERSON),
    ]
