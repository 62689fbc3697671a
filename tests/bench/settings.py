"""Production's settings with the bench's bare view beside the real addresses."""

from config.settings import *  # noqa: F403 - all of them, and two more

ROOT_URLCONF = "tests.bench.urls"
SECURE_HSTS_SECONDS = 0
# The load speaks plain HTTP from this machine; the start-up checks, rightly, know no such production.
HTTPS = True
