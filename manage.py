#!/usr/bin/env python
"""Django's command line. With HEQU_DATA set, the services of that data folder are used where they run."""

import os
import sys

from django.core.management import execute_from_command_line

from config.embedded.attach import use_running_services

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    use_running_services()
    execute_from_command_line(sys.argv)
