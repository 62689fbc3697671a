"""A visit may be served before its time, and a grant says why it ended."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rewards", "0002_points")]

    operations = [
        migrations.AddField(
            model_name="grant",
            name="end_reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=16),
        ),
        migrations.AlterField(
            model_name="appointment",
            name="state",
            field=models.CharField(
                choices=[
                    ("booked", "待到访"),
                    ("kept", "已到访"),
                    ("early", "已提前办理"),
                    ("missed", "未到访"),
                    ("cancelled", "已取消"),
                ],
                default="booked",
                max_length=9,
            ),
        ),
    ]
