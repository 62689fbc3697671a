"""The platform's settings on the tests' own services. pytest loads this first, so the services start here.

Each process gets a database name and two Redis numbers of its own; sessions may run side by side.
"""

import os

from tests import services

os.environ |= {"HEQU_MODE": "test", **services.lease()}
os.environ |= services.own_corner(os.environ)
# Playwright keeps an event loop in this thread while a browser is open; nothing of ours runs in it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

from config.settings import *  # noqa: F403 - the environment had to be set first

STATIC_ROOT.mkdir(exist_ok=True)  # noqa: F405 - whitenoise warns of a missing folder; in tests nothing is gathered
