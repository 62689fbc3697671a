"""The words of the fields: a booking also asks for a branch and a time. No column changes."""

from __future__ import annotations

from django.db import migrations, models

FIELDS = [
    ("name", "姓名"),
    ("phone", "手机号"),
    ("need", "需求类型"),
    ("branch", "网点"),
    ("time", "预约时间"),
]


class Migration(migrations.Migration):
    dependencies = [("privacy", "0005_walked_keys")]

    operations = [
        migrations.AlterField("reveal", "field", models.CharField(choices=FIELDS, max_length=8)),
        migrations.AlterField("revealrule", "field", models.CharField(choices=FIELDS, max_length=8)),
    ]
