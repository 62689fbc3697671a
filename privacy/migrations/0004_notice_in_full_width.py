"""What a notice must say stands in full-width marks from here on; notices that were published keep theirs."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("privacy", "0003_reveal_rule")]

    operations = [
        migrations.RemoveConstraint("NoticeVersion", "notice_says_what_it_must"),
        migrations.AddConstraint(
            "NoticeVersion",
            models.CheckConstraint(
                condition=models.Q(
                    ("fields", []),
                    ("body__regex", "信息仅用于服务预约[,，]将加密存储"),
                    _connector="OR",
                ),
                name="notice_says_what_it_must",
            ),
        ),
    ]
