"""What kind of matter each field of a campaign is, for the database's own part on carried opinions."""

from django.db import migrations

from compliance.concern_sql import place

MATTERS = {
    "title": "wording",
    "promise": "wording",
    "minutes": "look",
    "starts_on": "period",
    "ends_on": "period",
    "awards": "benefit",
    "rules": "mechanics",
    "disclaimers": "law",
    "notice": "notice",
    "channels": "channel",
    "contact_fields": "form",
    "settings.questions": "question",
    "settings.cards": "things",
    "settings.options": "things",
    "settings.text": "wording",
    "settings.title": "wording",
    "settings.topic": "wording",
    "settings.invitation": "wording",
    "settings.answer": "teaching",
    "settings.explanation": "teaching",
    "settings.article": "teaching",
    "settings.pass_mark": "mechanics",
    "settings.attempts": "mechanics",
    "settings.per_play": "mechanics",
    "settings.time_limit_minutes": "mechanics",
    "settings.months": "mechanics",
    "settings.days_a_month": "mechanics",
    "settings.make_up_days": "mechanics",
    "settings.streak": "mechanics",
    "settings.open_days": "mechanics",
    "settings.open_hours": "mechanics",
    "settings.points_a_day": "mechanics",
    "settings.points_valid_days": "mechanics",
    "settings.exchange_points": "mechanics",
    "settings.shuffle": "look",
}


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0008_gate_asks_whether_it_stands"),
        ("compliance", "0016_all_writers"),
    ]

    operations = [migrations.RunSQL(*place("campaign", MATTERS))]
