"""An institution's labelled sentences, and trials over them: what is put in force names the trial people saw."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kernel.ids
import kernel.scope
from kernel.rls import AppendOnly, Immutable, TenantTable

# Who withdrew a sentence, or brought one of ours back, is written once.
ENDED_ONCE = """
CREATE FUNCTION compliance_golden_ended_once() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL THEN
        RAISE EXCEPTION '% has ended', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER compliance_goldensentence_ended_once BEFORE UPDATE ON compliance_goldensentence
    FOR EACH ROW EXECUTE FUNCTION compliance_golden_ended_once();
CREATE TRIGGER compliance_setaside_ended_once BEFORE UPDATE ON compliance_setaside
    FOR EACH ROW EXECUTE FUNCTION compliance_golden_ended_once();
"""

ENDED_AGAIN = """
DROP TRIGGER compliance_setaside_ended_once ON compliance_setaside;
DROP TRIGGER compliance_goldensentence_ended_once ON compliance_goldensentence;
DROP FUNCTION compliance_golden_ended_once();
"""

_PACK = """
CREATE OR REPLACE FUNCTION compliance_rulepack_contributors() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.author_id <> ALL (NEW.contributors) THEN
        NEW.contributors := NEW.contributors || NEW.author_id;
    END IF;
    IF TG_OP = 'INSERT' THEN
        RETURN NEW;
    END IF;
    IF NOT NEW.contributors @> OLD.contributors THEN
        RAISE EXCEPTION 'contributors of a rule pack can only grow' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.terms IS DISTINCT FROM OLD.terms AND OLD.status <> 'draft' THEN
        RAISE EXCEPTION 'only a draft can be rewritten' USING ERRCODE = 'check_violation';
    END IF;%s
    RETURN NEW;
END $$;
"""

# A pack names a trial of its own, of exactly its terms, with what that trial found; and keeps it.
_TRIED = """
    IF (NEW.trial_id, NEW.newly_wrong, NEW.acknowledged)
        IS DISTINCT FROM (OLD.trial_id, OLD.newly_wrong, OLD.acknowledged) AND OLD.status <> 'draft' THEN
        RAISE EXCEPTION 'only a draft can be tried' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.trial_id IS DISTINCT FROM OLD.trial_id AND NOT EXISTS (
        SELECT 1 FROM compliance_trial AS trial
         WHERE trial.id = NEW.trial_id AND trial.pack_id = NEW.id AND trial.terms_hash = NEW.hash
           AND trial.newly_wrong = NEW.newly_wrong) THEN
        RAISE EXCEPTION 'no such trial of this pack' USING ERRCODE = 'check_violation';
    END IF;"""

WITH_TRIAL = _PACK.replace("%s", _TRIED)
BEFORE = _PACK.replace("%s", "")


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0013_judged_by"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("rulepack", "trial_asked_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "rulepack",
            "trial_asked_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="rulepack",
            name="acknowledged",
            field=models.CharField(blank=True, db_default="", default="", max_length=500),
        ),
        migrations.AddField(
            model_name="rulepack",
            name="newly_wrong",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.CreateModel(
            name="GoldenSentence",
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
                ("text", models.CharField(max_length=500)),
                ("key", models.CharField(max_length=64)),
                ("offends", models.BooleanField()),
                ("category", models.CharField(blank=True, default="", max_length=40)),
                ("sector", models.CharField(max_length=16)),
                ("content_type", models.CharField(max_length=16)),
                ("why", models.CharField(blank=True, default="", max_length=300)),
                ("added_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SetAside",
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
                ("key", models.CharField(max_length=64)),
                ("reason", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Trial",
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
                ("number", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("terms_hash", models.CharField(max_length=64)),
                ("pack_hash", models.CharField(max_length=64)),
                ("against_hash", models.CharField(max_length=64)),
                ("golden_hash", models.CharField(max_length=64)),
                ("golden_size", models.PositiveIntegerField()),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
                ("sentences", models.JSONField(default=list)),
                ("contents", models.JSONField(default=list)),
                ("contents_read", models.PositiveIntegerField()),
                ("newly_wrong", models.PositiveIntegerField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pack",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="trials",
                        to="compliance.rulepack",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="rulepack",
            name="trial",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="compliance.trial",
            ),
        ),
        migrations.AddConstraint(
            model_name="rulepack",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("newly_wrong", 0), models.Q(("acknowledged", ""), _negated=True), _connector="OR"
                ),
                name="rule_pack_worse_is_acknowledged",
            ),
        ),
        migrations.AddConstraint(
            model_name="goldensentence",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("institution_id", "key"),
                name="golden_words_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="goldensentence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("ended_by__isnull", True)),
                    models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                    _connector="OR",
                ),
                name="golden_ended_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="goldensentence",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="golden_says_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="goldensentence",
            constraint=models.CheckConstraint(
                condition=models.Q(("offends", True), ("category", ""), _connector="OR"),
                name="golden_fine_offends_nothing",
            ),
        ),
        migrations.AddConstraint(
            model_name="setaside",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("institution_id", "key"),
                name="set_aside_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="setaside",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("ended_by__isnull", True)),
                    models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                    _connector="OR",
                ),
                name="set_aside_ended_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="setaside",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="set_aside_has_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="trial",
            constraint=models.UniqueConstraint(fields=("institution_id", "number"), name="trial_number_once"),
        ),
        TenantTable("compliance_goldensentence"),
        TenantTable("compliance_setaside"),
        TenantTable("compliance_trial"),
        Immutable("compliance_goldensentence", except_columns=["ended_by_id", "ended_at"]),
        Immutable("compliance_setaside", except_columns=["ended_by_id", "ended_at"]),
        AppendOnly("compliance_trial"),
        migrations.RunSQL(ENDED_ONCE, ENDED_AGAIN),
        migrations.RunSQL(WITH_TRIAL, BEFORE),
    ]
