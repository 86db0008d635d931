"""One settings file, read from the environment; `.env.example` explains every variable.

Without DATABASE_URL and REDIS_URL the project serves itself from `var/`: for trial and tests only.
"""

import base64
import contextlib
import os
import secrets
import sys
from pathlib import Path

from baobao.databases import databases

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("BAOBAO_VAR", BASE_DIR / "var"))
TESTING = "pytest" in sys.modules


def flag(name: str, default: str = "") -> bool:
    return os.environ.get(name, default).lower() in ("1", "true", "yes", "on")


def listed(name: str, default: str = "") -> list[str]:
    return [item.strip() for item in os.environ.get(name, default).split(",") if item.strip()]


def kept_secret(name: str) -> str:
    """From the environment, else made once and kept under var/ with mode 0600."""
    if value := os.environ.get(name):
        return value
    file = VAR / "secrets" / name.lower()
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = file.with_suffix(f".{os.getpid()}")
        made.touch(mode=0o600)
        made.write_text(base64.b64encode(secrets.token_bytes(32)).decode())
        # A hard link fails when another process was first; then its secret counts.
        with contextlib.suppress(FileExistsError):
            os.link(made, file)
        made.unlink()
    return file.read_text()


DEBUG = flag("DEBUG")
SECRET_KEY = kept_secret("SECRET_KEY")
# "id:base64,id:base64": the first seals new numbers, every one can open its own.
FIELD_KEYS = dict(pair.split(":", 1) for pair in listed("FIELD_KEYS")) or {"k1": kept_secret("FIELD_KEY")}
ALLOWED_HOSTS = listed("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = listed("CSRF_TRUSTED_ORIGINS")

_databases = databases(os.environ, VAR)
DATABASES = {"default": {**_databases.runtime, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}}
# The demo's check walks through a database of its own beside the one in use.
if own_name := os.environ.get("BAOBAO_DATABASE_NAME"):
    DATABASES["default"]["NAME"] = _databases.owner["NAME"] = own_name
if test_name := os.environ.get("BAOBAO_TEST_DB"):
    DATABASES["default"]["TEST"] = {"NAME": test_name}
# Only `migrate` and the creation of a test database use it; it owns the tables.
DATABASE_OWNER = _databases.owner
DATABASE_RUNTIME_ROLE = _databases.runtime["USER"]
EMBEDDED_DATABASE = DATABASES["default"]["ENGINE"] == "baobao.embedded"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "guardian",
    "rest_framework",
    "drf_spectacular",
    "axes",
    "django_htmx",
    "tenancy",
    "entities",
    "cadres",
    "supervision",
    "commitments",
    "reports",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tenancy.middleware.SecurityHeaders",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tenancy.middleware.ActingPost",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "baobao.urls"
WSGI_APPLICATION = "baobao.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["tenancy.templatetags.ui", "django.templatetags.i18n", "django.templatetags.static"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "baobao.navigation.navigation",
            ],
        },
    }
]

AUTH_USER_MODEL = "tenancy.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "tenancy.forms.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "tenancy.forms.passwords.SeveralKinds"},
    {"NAME": "tenancy.forms.passwords.NotUsedBefore"},
]
# Roles (tenancy.rules.roles) that must bind a second factor; the others may. Empty only for a trial.
SECOND_FACTOR_ROLES = listed("SECOND_FACTOR_ROLES", "system_admin,security_admin,audit_admin")
# Offices and administrators: a password older than this has to be changed, 0 for never; and who does nothing for so
# long signs in again. Posts that work on a phone of their own are not asked.
PASSWORD_MAX_AGE_DAYS = int(os.environ.get("PASSWORD_MAX_AGE_DAYS", "90"))
SESSION_IDLE_MINUTES = int(os.environ.get("SESSION_IDLE_MINUTES", "30"))
LOGIN_URL = "tenancy:sign-in"
LOGIN_REDIRECT_URL = "reports:home"
GUARDIAN_MONKEY_PATCH_USER = False
ANONYMOUS_USER_NAME = None
GUARDIAN_RAISE_403 = False
# Rights are asked through tenancy.policies alone, never through a backend.
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]
# Offices share one public address: an account is locked with its address, never an address alone.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "tenancy.middleware.limits.address_of"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "429.html"
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = flag("HTTPS")
SECURE_SSL_REDIRECT = flag("HTTPS")
SECURE_HSTS_SECONDS = 31_536_000 if flag("HTTPS") else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = flag("HTTPS")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("BEHIND_PROXY") else None
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "tenancy.views.answer_csrf"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; connect-src 'self';"
    " worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "locale"]
DATE_FORMAT = "Y-m-d"

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static_root"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Read from the finders while nothing is collected: in development and in tests.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = DEBUG or TESTING
# Private files: no URL leads here; a view fetches the row first.
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", VAR / "media"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# nginx maps this internal location onto MEDIA_ROOT; empty lets Django send the bytes.
X_ACCEL_PREFIX = os.environ.get("X_ACCEL_PREFIX", "")
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

REDIS_URL = os.environ.get("REDIS_URL", "")
# Two installations that share one broker name their queues apart.
QUEUE = os.environ.get("BAOBAO_QUEUE", "baobao")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": VAR / "cache"}
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["tenancy.middleware.ByToken", "tenancy.middleware.Signed"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "tenancy.api.answer_exception",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
    "PAGE_SIZE": 50,
    # Whose word is taken for an address: the one proxy's, or nobody's.
    "NUM_PROXIES": 1 if flag("BEHIND_PROXY") else 0,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {"TITLE": "食安包保", "VERSION": "0.1.0", "SERVE_INCLUDE_SCHEMA": False}

# One upload of a workbook: rows of a sheet, its size, and its size unpacked, both in MiB. What the process that reads
# it may use grows with them.
IMPORT_ROWS = int(os.environ.get("IMPORT_ROWS", "50000"))
IMPORT_MIB = int(os.environ.get("IMPORT_MIB", "30"))
IMPORT_UNPACKED_MIB = int(os.environ.get("IMPORT_UNPACKED_MIB", "300"))
# Days within which a written batch can be taken back.
IMPORT_UNDO_DAYS = int(os.environ.get("IMPORT_UNDO_DAYS", "30"))
# Days before a licence, health certificate or insurance ends at which it is listed, where no plan says.
EXPIRY_NOTICE_DAYS = int(os.environ.get("EXPIRY_NOTICE_DAYS", "30"))

# Filters of the register that one post may keep under a name.
SAVED_VIEWS = int(os.environ.get("SAVED_VIEWS", "12"))

# Entities that one act on many may change.
BULK_ENTITIES = int(os.environ.get("BULK_ENTITIES", "5000"))

# Rows that the register's list puts on paper; more than that belongs into a workbook.
PRINT_ROWS = int(os.environ.get("PRINT_ROWS", "1000"))
# Labels with a code drawn into one page.
LABEL_ROWS = int(os.environ.get("LABEL_ROWS", "300"))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
}
TEST_RUNNER = "django.test.runner.DiscoverRunner"
