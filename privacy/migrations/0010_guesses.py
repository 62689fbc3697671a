"""Searches by a number share the day's allowance with readings in clear, and slow down."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("privacy", "0009_nothing_left_open")]
    operations = [
        migrations.AddField(
            model_name="revealallowance",
            name="guesses",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="revealallowance",
            name="next_guess_at",
            field=models.DateTimeField(null=True),
        ),
    ]
