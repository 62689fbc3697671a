"""The framework's own tables belong to nobody's institution: the runtime role reads them and no more.

Who may write ``django_migrations`` may have the next migration skipped, or an old one run again.
"""

from django.conf import settings
from django.db import migrations

TABLES = (
    "django_migrations, django_content_type, django_admin_log, "
    "auth_permission, auth_group, auth_group_permissions"
)


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0002_institution_key"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("admin", "0003_logentry_add_action_flag_choices"),
    ]

    operations = [
        migrations.RunSQL(
            f"REVOKE INSERT, UPDATE, DELETE ON {TABLES} FROM {settings.RUNTIME_ROLE}",
            f"GRANT INSERT, UPDATE, DELETE ON {TABLES} TO {settings.RUNTIME_ROLE}",
        )
    ]
