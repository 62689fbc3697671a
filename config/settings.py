"""Every setting of the platform, read from the environment and named in ``.env.example``.

``HEQU_MODE`` is ``production`` unless said otherwise; ``demo`` and ``test`` know harmless defaults,
production refuses to start without its secrets.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

MODE = env.str("HEQU_MODE", "production")
if MODE not in {"production", "demo", "test"}:
    raise ImproperlyConfigured(f"HEQU_MODE is {MODE!r}; it can be production, demo or test.")
DEMO = MODE == "demo"
TEST = MODE == "test"
PRODUCTION = MODE == "production"


def needed(name: str, harmless: str, hint: str) -> str:
    """A setting production must bring. Raises ImproperlyConfigured with the hint."""
    if PRODUCTION:
        value = str(env.str(name, ""))
        if not value:
            raise ImproperlyConfigured(f"{name} is missing: {hint} See .env.example.")
        return value
    return str(env.str(name, harmless))


# --- The web --------------------------------------------------------------------------------------
SECRET_KEY = needed(
    "SECRET_KEY", "harmless-key-of-tests-and-demo-only-0123456789", "at least 50 random characters."
)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["*"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PUBLIC_URL = needed(
    "PUBLIC_URL", "http://127.0.0.1:8000", "the address phones reach, as https://h5.example.cn."
)
BACK_OFFICE_URL = env.str("BACK_OFFICE_URL", PUBLIC_URL)
CONSOLE_URL = env.str("CONSOLE_URL", "")
# A process for phones refuses the back office: what colleagues do never keeps a phone waiting.
SERVES_PHONES_ONLY = env.bool("SERVES_PHONES_ONLY", default=False)
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = True

PLATFORM_APPS = [
    "kernel",
    "ledger",
    "tenancy",
    "compliance",
    "privacy",
    "rewards",
    "campaigns",
    "analytics",
    "integrations",
]
INSTALLED_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig",  # a migration names its table; nothing of it is served
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    *PLATFORM_APPS,
    "config",
]
MIDDLEWARE = [
    "config.middleware.HeadersMiddleware",
    "config.host_names.HostNamesMiddleware",
    "config.middleware.PhonesOnlyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kernel.problem.ProblemMiddleware",
    "config.middleware.DeskSessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "tenancy.body_limits.BodyLimitMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "tenancy.middleware.DeskScopeMiddleware",
    "config.middleware.DeskAuthenticationMiddleware",
    "config.middleware.DeskMessageMiddleware",
    "tenancy.middleware.VisibleTextMiddleware",
]
CSRF_FAILURE_VIEW = "kernel.problem.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- What is found by walking, so that a new game edits nothing here ------------------------------
GAMES = BASE_DIR / "campaigns" / "games"
LOCALE_PATHS = [BASE_DIR / "campaigns" / "player" / "locale", *sorted(GAMES.glob("*/locale"))]
STATICFILES_DIRS = [(f"games/{folder.parent.name}", folder) for folder in sorted(GAMES.glob("*/static"))]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates", GAMES],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# --- Static files ---------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(BASE_DIR / ".staticfiles")))
WHITENOISE_USE_FINDERS = TEST
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_KEEP_ONLY_HASHED_FILES = not TEST
_MANIFEST = "whitenoise.storage.CompressedManifestStaticFilesStorage"
_PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _PLAIN if TEST else _MANIFEST},
}
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(BASE_DIR / ".demo" / "media")))

# --- PostgreSQL -----------------------------------------------------------------------------------
# `default` runs as a role that owns nothing; `owner` exists only where migrations are applied.
# Processes that serve phones only have a role of their own, which may write little: `config.database_roles`.
RUNTIME_ROLE = env.str("RUNTIME_ROLE", "hequ_app")
PHONES_ROLE = env.str("PHONES_ROLE", "hequ_phones")
_NOWHERE = "postgres://hequ_app@127.0.0.1:1/hequ"


def database(url: str) -> dict[str, Any]:
    """One database by address; what follows its question mark (sslmode, sslrootcert) is for the driver.

    Server-side cursors are off: they do not survive a transaction-mode pooler.
    """
    asked = environ.Env.db_url_config(url)
    return {
        **asked,
        "ENGINE": "kernel.postgres",
        "CONN_MAX_AGE": env.int("CONN_MAX_AGE", 600),
        "CONN_HEALTH_CHECKS": True,  # looks at the socket only: see kernel.postgres
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": {"connect_timeout": 5, **asked.get("OPTIONS", {})},
    }


DATABASES = {"default": database(needed("DATABASE_URL", _NOWHERE, "postgres://hequ_app:…@host:port/hequ."))}
if owner_url := env.str("OWNER_DATABASE_URL", ""):
    DATABASES["owner"] = database(owner_url)
# set by the servers that demo and tests bring along
EMBEDDED_SERVICES = env.bool("HEQU_EMBEDDED_SERVICES", default=False)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: cache and sessions, and the broker ----------------------------------------------------
REDIS_URL = needed("REDIS_URL", "redis://127.0.0.1:1/0", "redis://:…@host:port/0, the broker.")
CACHE_URL = env.str("CACHE_URL", REDIS_URL)
REDIS_CA = env.str("REDIS_CA", "")


def encrypted(url: str) -> dict[str, Any]:
    """How Redis's certificate is checked, where the address asks for TLS: always."""
    if not url.startswith("rediss://"):
        return {}
    return {"ssl_cert_reqs": "required", "ssl_check_hostname": True, "ssl_ca_certs": REDIS_CA or None}


CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
        "KEY_PREFIX": "hequ",
        "OPTIONS": {
            "serializer": "config.redis_values.SignedValues",  # sessions are kept here, too
            "socket_timeout": 2,
            "socket_connect_timeout": 2,
            **encrypted(CACHE_URL),
        },
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cache"
SESSION_COOKIE_NAME = "hequ_desk"
DEVICE_COOKIE_NAME = "hequ_device"
SESSION_COOKIE_AGE = 12 * 60 * 60  # the desk's door counts idle time and the absolute end itself
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- Background work ------------------------------------------------------------------------------
# A row in PostgreSQL comes first and a sweep rings again: a lost message is a delay, nobody waits for it.
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_USE_SSL = encrypted(REDIS_URL) or None
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = CELERY_EVENT_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_SEND_SENT_EVENT = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker as long as it takes
CELERY_BROKER_CHANNEL_ERROR_RETRY = True  # a Redis that refuses writes (memory, disk) is waited for, too
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 15 * 60,
    "max_retries": 0,  # of a connection: the sweep rings again, the person does not wait
    "socket_timeout": 2,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
}
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_ENABLE_UTC = True

# --- Who signs in ---------------------------------------------------------------------------------
AUTH_USER_MODEL = "tenancy.Staff"
AUTHENTICATION_BACKENDS = ["tenancy.backend.InstitutionBackend"]
LOGIN_URL = "tenancy:sign_in"
OTP_TOTP_ISSUER = "Hequ"
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if TEST
    else ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "tenancy.passwords.NotOurNames"},
]

# --- Keys of the vault ----------------------------------------------------------------------------
KEY_PROVIDER = env.str("KEY_PROVIDER", "kernel.crypto.LocalKeyProvider")
MASTER_KEYS = needed(
    "MASTER_KEYS",
    "harmless:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "`name:base64 of 32 random bytes`.",
)
SEAL_ALGORITHM = env.str("SEAL_ALGORITHM", "AES_256_GCM")
# Ed25519 seeds that sign the ledger's seals: the first signs. Only the worker that seals has them; every
# process knows the public halves, those of earlier keys, too.
_HARMLESS_SEED = "harmless:MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI="
SEAL_KEYS = env.str("SEAL_KEYS", "" if PRODUCTION else _HARMLESS_SEED)
SEAL_PUBLIC_KEYS = env.str("SEAL_PUBLIC_KEYS", "")
if not SEAL_KEYS:
    SEAL_PUBLIC_KEYS = needed("SEAL_PUBLIC_KEYS", "", "what `manage.py seal_public_keys` prints.")
# Ed25519 seeds that sign decisions and what was scanned: only the desk's processes have them.
_HARMLESS_DESK_SEED = "harmless:ZGVzayBrZXkgb2YgdGVzdHMgYW5kIHRoZSBkZW1vISE="
DESK_KEYS = env.str("DESK_KEYS", "" if PRODUCTION else _HARMLESS_DESK_SEED)
DESK_PUBLIC_KEYS = env.str("DESK_PUBLIC_KEYS", "")
if not DESK_KEYS:
    DESK_PUBLIC_KEYS = needed("DESK_PUBLIC_KEYS", "", "what `manage.py desk_public_keys` prints.")
# The list of destructions outlives a restore of the database: a file on a volume of its own.
DESTRUCTION_LIST = needed(
    "DESTRUCTION_LIST", "", "a file outside the database, made by manage.py start_destruction_list."
)
REVEALS_PER_DAY = env.int("REVEALS_PER_DAY", 30)

# --- Short messages -------------------------------------------------------------------------------
SMS_ENDPOINT = needed("SMS_ENDPOINT", "http://127.0.0.1:1/sms/send", "the address of the SMS provider.")
SMS_ACCESS_KEY = needed("SMS_ACCESS_KEY", "harmless", "the SMS provider's key id.")
SMS_SECRET = needed("SMS_SECRET", "harmless", "the SMS provider's secret.")
SMS_TIMEOUT_SECONDS = env.int("SMS_TIMEOUT_SECONDS", 5)
# Ceilings a day (Asia/Shanghai) where an administrator set none.
TEXTS_INSTITUTION_DAY = env.int("TEXTS_INSTITUTION_DAY", 5000)
TEXTS_CAMPAIGN_DAY = env.int("TEXTS_CAMPAIGN_DAY", 2000)
TEXTS_RANGE_DAY = env.int("TEXTS_RANGE_DAY", 200)
TEXTS_NUMBER_DAY = env.int("TEXTS_NUMBER_DAY", 12)

# --- One-tap sign-in and the SMS simulator: the demo's, and refused elsewhere by a start-up check -
DEMO_DOORS = env.bool("DEMO_DOORS", DEMO)

# --- Language and time ----------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "hequ_language"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

# --- Transport and browser protections ------------------------------------------------------------
HTTPS = env.bool("HTTPS", PRODUCTION)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
CSRF_COOKIE_NAME = "hequ_csrf"
CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
if HTTPS:  # the browser then refuses such a cookie from a neighbouring host or over plain HTTP
    SESSION_COOKIE_NAME = f"__Host-{SESSION_COOKIE_NAME}"
    CSRF_COOKIE_NAME = f"__Host-{CSRF_COOKIE_NAME}"
    DEVICE_COOKIE_NAME = f"__Host-{DEVICE_COOKIE_NAME}"
SECURE_SSL_REDIRECT = False  # nginx redirects; health checks come over plain HTTP from inside
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", PRODUCTION) else None
)
X_FRAME_OPTIONS = "SAMEORIGIN"
# proxies of ours in front: how far X-Forwarded-For is believed
PROXY_HOPS = env.int("PROXY_HOPS", 1 if PRODUCTION else 0)

# --- Log lines ------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "config.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", "WARNING" if TEST else "INFO")},
    "loggers": {
        "django.server": {"handlers": ["stderr"], "propagate": False},
        "django.request": {"level": "CRITICAL" if TEST else "ERROR"},
        "celery": {"level": "WARNING"},
    },
}
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # a username is unique within its institution; sign-in names both
    "security.W001",  # config.middleware.HeadersMiddleware sends these headers, on static files too
    "security.W002",
    "security.W008",  # nginx redirects to HTTPS
]
