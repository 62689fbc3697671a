"""The web application, as granian loads it."""

import os

from django.core.wsgi import get_wsgi_application

from config.checks import stop_unsafe_start
from config.logs import log_what_nobody_caught

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
log_what_nobody_caught()
stop_unsafe_start()
