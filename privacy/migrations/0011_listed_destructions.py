"""Certificates stand on a list outside the database; inside is noted how far it has seen that list."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kernel.ids
import kernel.scope
from kernel.rls import AppendOnly, TenantTable

ROLE = settings.RUNTIME_ROLE
CREATE = f"""
CREATE TABLE privacy_listhead (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    number bigint CHECK (coalesce(number, -1) >= 0),
    digest varchar(64) CHECK (coalesce(digest, '') <> '')
);
REVOKE ALL ON privacy_listhead FROM PUBLIC, {ROLE};
GRANT SELECT ON privacy_listhead TO {ROLE};

CREATE FUNCTION privacy_list_seen(seen bigint, told varchar) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO privacy_listhead AS head (number, digest) VALUES (seen, told)
        ON CONFLICT (only_one) DO UPDATE SET number = seen, digest = told
        WHERE head.number < seen OR (head.number, head.digest) = (seen, told);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the list of destructions only grows' USING ERRCODE = 'check_violation';
    END IF;
END $$;
REVOKE ALL ON FUNCTION privacy_list_seen(bigint, varchar) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION privacy_list_seen(bigint, varchar) TO {ROLE};
"""
DROP = """
DROP FUNCTION privacy_list_seen(bigint, varchar);
DROP TABLE privacy_listhead;
"""


class Migration(migrations.Migration):
    dependencies = [("privacy", "0010_guesses")]
    operations = [
        migrations.CreateModel(
            name="ListedDestruction",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "institution_id",
                    models.UUIDField(default=kernel.scope.institution_or_none, editable=False),
                ),
                ("number", models.BigIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "destruction",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="listed",
                        to="privacy.destruction",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["institution_id", "number"], name="listed_destruction_number"
                    )
                ],
            },
        ),
        TenantTable("privacy_listeddestruction"),
        AppendOnly("privacy_listeddestruction"),
        migrations.RunSQL(CREATE, DROP),
    ]
