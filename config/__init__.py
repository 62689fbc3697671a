"""Settings, addresses, background work, start-up checks and the demo. Imported by nobody below."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
