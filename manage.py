#!/usr/bin/env python
"""Django's command line. With HEQU_DATA set, the services of that data folder are used where they run."""

import os
import sys

from django.core.management import execute_from_command_line

from config.embedded.attach import use_running_services

# Commands that touch no data of an installation, and so need none to be set up.
WITHOUT_INSTALLATION = {"scan", "train_scanner", "certify_presets", "format_punctuation"}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if WITHOUT_INSTALLATION & set(sys.argv[1:2]):
        os.environ.setdefault("HEQU_MODE", "test")
    use_running_services()
    execute_from_command_line(sys.argv)
