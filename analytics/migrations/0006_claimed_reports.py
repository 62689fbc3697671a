"""A report that is being made is claimed, and one that cannot be made is given up."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("analytics", "0005_spend_form_once")]
    operations = [
        migrations.AddField(
            model_name="reportorder",
            name="claimed_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="reportorder",
            name="check_for",
            field=models.UUIDField(null=True),
        ),
        migrations.AlterField(
            model_name="reportorder",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "等待生成"),
                    ("made", "已生成"),
                    ("failed", "生成失败"),
                    ("given_up", "已停止生成"),
                ],
                default="waiting",
                max_length=8,
            ),
        ),
    ]
