"""The day that a code or a service named as its last counts in full."""

from django.db import migrations


def to_the_end_of_its_day(table: str, column: str, state: str) -> str:
    midnight = f"date_trunc('day', {column} AT TIME ZONE 'Asia/Shanghai')"
    return (
        f"UPDATE {table} SET {column} = ({midnight} + interval '1 day') AT TIME ZONE 'Asia/Shanghai'"
        f" WHERE state = '{state}' AND {column} AT TIME ZONE 'Asia/Shanghai' <> {midnight}"
    )


CODES = to_the_end_of_its_day("rewards_redemptioncode", "expires_at", "live")
SERVICES = to_the_end_of_its_day("rewards_grant", "book_before", "granted")


class Migration(migrations.Migration):
    dependencies = [("rewards", "0004_newest_grants")]

    operations = [
        migrations.RunSQL(
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; {statement};"
            f" ALTER TABLE {table} FORCE ROW LEVEL SECURITY;",
            migrations.RunSQL.noop,
        )
        for table, statement in (("rewards_redemptioncode", CODES), ("rewards_grant", SERVICES))
    ]
