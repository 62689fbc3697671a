"""The platform's settings for tools that only read code: no services, no secrets."""

import os

os.environ["HEQU_MODE"] = "test"

from config.settings import *  # noqa: F403 - the environment had to be set first
from config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter"]
MIGRATION_LINTER_OPTIONS = {
    "exclude_apps": ["admin", "auth", "contenttypes"],
    "no_cache": True,
    "ignore_name": [
        "0001_entry",  # makes its partitioned table by hand; nothing reads the table yet
        "0006_carried",  # 0009 of the same release gives its columns the defaults that older processes need
        "0007_contributors",  # 0010 of the same release lets the database fill the column in
        "0005_spend_form_once",  # the constraint is on a column of its own, which older processes leave empty
        "0003_library",  # drops the table of compliance/0001 that no release ever wrote to
        "0016_all_writers",  # its NOT NULL columns are those of two small tables it makes itself
        "0007_requests_of_one_kind",  # drops tables of this very release, after 0006 carried their rows over
    ],
}
