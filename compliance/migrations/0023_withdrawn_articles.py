"""An article, too, can be withdrawn by an institution: what a withdrawal may be of."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("compliance", "0022_requirements")]

    operations = [
        migrations.AlterField(
            model_name="withdrawal",
            name="kind",
            field=models.CharField(
                choices=[
                    ("pack", "规则包"),
                    ("article", "法规条款"),
                    ("notice", "个人信息告知"),
                    ("disclaimer", "风险提示语"),
                ],
                max_length=12,
            ),
        ),
    ]
