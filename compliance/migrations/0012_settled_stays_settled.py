"""A confirmed withdrawal is not taken back; what was remarked, and who stood in for whom, is not rewritten."""

from django.db import migrations

from kernel.rls import Immutable, OnceSettled


class Migration(migrations.Migration):
    dependencies = [("compliance", "0011_carried_under_the_law")]

    operations = [
        OnceSettled("compliance_withdrawal"),
        Immutable("compliance_comment", except_columns=["resolved_by_id", "resolved_at"]),
        Immutable("compliance_substitute", except_columns=["ended_at"]),
    ]
