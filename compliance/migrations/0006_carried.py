"""Opinions carried over from the previous approval, and conditions that name a number."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kernel.ids
import kernel.scope
from compliance.carry_sql import CREATE, DROP
from kernel.rls import AppendOnly, TenantTable

RECORD = ("number", "recorded_by_id", "recorded_at")

# A number is recorded once, and by a second person; the day asked for is not before itself.
CONDITIONS = f"""
CREATE OR REPLACE FUNCTION compliance_condition_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(OLD) - 'met_at' - 'number' - 'recorded_by_id' - 'recorded_at'
            IS DISTINCT FROM to_jsonb(NEW) - 'met_at' - 'number' - 'recorded_by_id' - 'recorded_at'
        OR (OLD.number <> '' AND (NEW.number, NEW.recorded_by_id, NEW.recorded_at)
            IS DISTINCT FROM (OLD.number, OLD.recorded_by_id, OLD.recorded_at))
    THEN
        RAISE EXCEPTION 'compliance_condition is immutable' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
GRANT UPDATE ({", ".join(RECORD)}) ON compliance_condition TO {settings.RUNTIME_ROLE};

CREATE FUNCTION compliance_condition_second_person() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.recorded_by_id IS NOT NULL AND EXISTS (
        SELECT 1 FROM compliance_review AS review
          JOIN compliance_decision AS decision ON decision.id = NEW.decision_id
         WHERE review.id = NEW.review_id
           AND NEW.recorded_by_id IN (review.author_id, review.last_editor_id, decision.reviewer_id))
    THEN
        RAISE EXCEPTION 'a second person records the number' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER compliance_condition_second_person BEFORE INSERT OR UPDATE ON compliance_condition
    FOR EACH ROW EXECUTE FUNCTION compliance_condition_second_person();

ALTER TABLE compliance_condition ADD CONSTRAINT condition_not_met_before_its_day CHECK (
    kind <> 'not_before' OR met_at IS NULL OR (met_at AT TIME ZONE 'Asia/Shanghai')::date >= not_before);
"""

CONDITIONS_AS_THEY_WERE = f"""
ALTER TABLE compliance_condition DROP CONSTRAINT condition_not_met_before_its_day;
DROP TRIGGER compliance_condition_second_person ON compliance_condition;
DROP FUNCTION compliance_condition_second_person();
REVOKE UPDATE ({", ".join(RECORD)}) ON compliance_condition FROM {settings.RUNTIME_ROLE};
CREATE OR REPLACE FUNCTION compliance_condition_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(OLD) - 'met_at' IS DISTINCT FROM to_jsonb(NEW) - 'met_at' THEN
        RAISE EXCEPTION 'compliance_condition is immutable' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
"""


def _to(model: str, name: str = "+") -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name=name, to=model)


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0005_withdrawals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("review", "asked_again", models.JSONField(default=list)),
        migrations.AddField("review", "asked_because", models.CharField(default="", max_length=16)),
        migrations.CreateModel(
            name="Carried",
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
                ("role", models.CharField(max_length=32)),
                ("stage", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField()),
                ("decision", _to("compliance.decision")),
                ("previous", _to("compliance.review")),
                ("review", _to("compliance.review", "carried")),
                ("reviewer", _to(settings.AUTH_USER_MODEL)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("review", "reviewer"), name="carried_one_per_reviewer"),
                    models.CheckConstraint(
                        condition=models.Q(("review", models.F("previous")), _negated=True),
                        name="carried_from_another_review",
                    ),
                ],
            },
        ),
        TenantTable("compliance_carried"),
        AppendOnly("compliance_carried"),
        migrations.RunSQL(CREATE, DROP),
        migrations.AlterField(
            "condition",
            "kind",
            models.CharField(
                choices=[
                    ("not_before", "不早于某日发布"),
                    ("clean_scan", "以最新规则包复扫无拦截"),
                    ("service_on_offer", "所送服务已上架且有网点可约"),
                    ("filed", "备案编号已由第二人登记"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddField("condition", "number", models.CharField(blank=True, default="", max_length=80)),
        migrations.AddField("condition", "recorded_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "condition",
            "recorded_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            "condition",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "filed"), ("met_at__isnull", False), _negated=True),
                    models.Q(
                        ("recorded_at__isnull", False),
                        ("recorded_by__isnull", False),
                        models.Q(("number", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="condition_filed_has_its_number",
            ),
        ),
        migrations.RunSQL(CONDITIONS, CONDITIONS_AS_THEY_WERE),
    ]
