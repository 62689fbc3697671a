"""The platform's settings for tools that only read code: no services, no secrets."""

import os

os.environ["HEQU_MODE"] = "test"

from config.settings import *  # noqa: F403 - the environment had to be set first
