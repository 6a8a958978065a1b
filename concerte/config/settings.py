"""Django settings, from the environment only. The variables and their defaults are listed in `environment.py`."""

import secrets
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONCE, NONE, SELF
from environs import Env

from concerte.config.environment import VARIABLES

env = Env()
_DEFAULTS = {variable.name: variable.default for variable in VARIABLES}


def _text(name: str) -> str:
    return env.str(name, _DEFAULTS[name])


def _flag(name: str) -> bool:
    return env.bool(name, _DEFAULTS[name] == "true")


def _list(name: str) -> list[str]:
    return [part.strip() for part in _text(name).split(",") if part.strip()]


def _generated_secret(directory: Path) -> str:
    """A secret made once and kept beside the data, readable by its owner only."""
    file = directory / "secret-key"
    if not file.exists():
        directory.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(64))
    return file.read_text().strip()


PACKAGE = Path(__file__).resolve().parent.parent
DATA = Path(_text("CONCERTE_DATA")).resolve()
DEBUG = _flag("CONCERTE_DEBUG")
EXAMPLE = _flag("CONCERTE_EXAMPLE")
SECRET_KEY = _text("CONCERTE_SECRET_KEY") or _generated_secret(DATA)
BASE_URL = _text("CONCERTE_BASE_URL").rstrip("/")
_BASE = urlsplit(BASE_URL)
IS_BEHIND_TLS = _BASE.scheme == "https"
ALLOWED_HOSTS = _list("CONCERTE_ALLOWED_HOSTS") or [_BASE.hostname or "127.0.0.1", "127.0.0.1", "localhost", "[::1]"]
TRUSTED_PROXIES = _list("CONCERTE_TRUSTED_PROXIES")
WORKERS = env.int("CONCERTE_WORKERS", int(_DEFAULTS["CONCERTE_WORKERS"]))
CONTACT = _text("CONCERTE_CONTACT")
OPERATOR = _text("CONCERTE_OPERATOR")
SOURCE_URL = _text("CONCERTE_SOURCE_URL")
EXTRA_STYLESHEETS = _list("CONCERTE_STYLESHEETS")
METRICS_TOKEN = _text("CONCERTE_METRICS_TOKEN")
COMMIT = _text("CONCERTE_COMMIT")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "django.forms",
    "csp",
    "allauth",
    "allauth.account",
    "concerte.common",
    "concerte.journal",
    "concerte.accounts",
    "concerte.territories",
    "concerte.lineage",
    "concerte.partners",
    "concerte.documents",
    "concerte.concertation",
    "concerte.governance",
    "concerte.programme",
    "concerte.publication",
    "concerte.cli",
]

MIDDLEWARE = [
    "concerte.documents.middleware.OperatorAddressesMiddleware",
    "concerte.common.middleware.RequestIdMiddleware",
    "concerte.common.request_metrics.RequestMetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "concerte.common.static_files.StaticFilesMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "concerte.common.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "concerte.common.middleware.DomainErrorMiddleware",
]

ROOT_URLCONF = "concerte.config.urls"
ASGI_APPLICATION = "concerte.config.asgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "concerte.common.context_processors.site",
            ],
        },
    }
]
FORM_RENDERER = "concerte.common.forms.FormRenderer"

# --- Data -----------------------------------------------------------------------------------------------------------
_DATABASE_URL = _text("DATABASE_URL") or f"sqlite:///{DATA / 'concerte.sqlite3'}"
DATABASES = {"default": dj_database_url.parse(_DATABASE_URL, conn_health_checks=True)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # two writers wait for each other instead of failing half-way
        "timeout": 5,  # seconds
        # FULL: what was committed survives a power cut, not only a killed process.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000;",
    }
else:
    # A server that hangs, or holds a lock, is an error to tell and not something to wait for.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)  # seconds
    DATABASES["default"]["OPTIONS"].setdefault(
        "options", "-c lock_timeout=5s -c idle_in_transaction_session_timeout=30s"
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = _text("REDIS_URL")
DOCUMENT_LIMITS = {
    name: value for name, _, value in (part.partition("=") for part in _list("CONCERTE_DOCUMENT_LIMITS"))
}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# --- Language -------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
LANGUAGE_COOKIE_NAME = "langue"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = IS_BEHIND_TLS
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"

# --- Static files ---------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- Files joined by people: read through views that ask who may, never served as they are ---------------------------
MEDIA_ROOT = DATA / "files"
FILE_UPLOAD_PERMISSIONS = 0o600

# --- People ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "accounts:my_space"
ACCOUNT_ADAPTER = "concerte.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # the code itself proves the address
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60  # seconds
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 9}  # easy on a telephone, by hand or by voice
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # our own view writes to them: the library’s letter leads to a sign-up page
ACCOUNT_FORMS = {"confirm_login_code": "concerte.accounts.forms.ConfirmCodeForm"}
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
# per minute: by address of the network ("ip"), by e-mail address ("key")
ACCOUNT_RATE_LIMITS = {"request_login_code": "20/m/ip,3/m/key", "confirm_login_code": "30/m/ip"}
SESSION_COOKIE_AGE = 14 * 24 * 3600  # seconds
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = IS_BEHIND_TLS
CSRF_COOKIE_SECURE = IS_BEHIND_TLS
CSRF_TRUSTED_ORIGINS = [f"{_BASE.scheme}://{_BASE.netloc}"]
CSRF_FAILURE_VIEW = "concerte.common.views.csrf_failure"

# --- E-mail ---------------------------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = _text("CONCERTE_EMAIL_FROM")
SERVER_EMAIL = parseaddr(DEFAULT_FROM_EMAIL)[1]
EMAIL_SUBJECT_PREFIX = ""
if env.str("EMAIL_URL", ""):
    _mail = env.dj_email_url("EMAIL_URL")
    EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
    EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_HOST"], _mail["EMAIL_PORT"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"], _mail["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS, EMAIL_USE_SSL = _mail["EMAIL_USE_TLS"], _mail["EMAIL_USE_SSL"]
else:
    EMAIL_BACKEND = "concerte.common.mail.ConsoleAndFileBackend"
EMAIL_FILE_PATH = DATA / "mail"
EMAIL_TIMEOUT = 10  # seconds

# --- Security -------------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "report-uri": ["/rapport-csp"],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: []
    for name in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
if IS_BEHIND_TLS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_SSL_REDIRECT = True

_LOG_LEVEL = _text("CONCERTE_LOG_LEVEL").upper()
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"safe": {"()": "concerte.common.logs.formatter", "name": _text("CONCERTE_LOG_FORMAT")}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "safe"}},
    # Libraries are not asked for details: those of sockets log the frames, those of databases the values.
    "root": {"handlers": ["console"], "level": _LOG_LEVEL if _LOG_LEVEL in ("ERROR", "CRITICAL") else "WARNING"},
    "loggers": {
        "concerte": {"level": _LOG_LEVEL},
        # Named without handlers: what Django and uvicorn gave them would write beside our formatter.
        "django": {"level": _LOG_LEVEL, "propagate": True},
        "django.server": {"propagate": True},
        "django.db.backends": {"level": "WARNING"},
        "picows": {"level": "CRITICAL"},  # it tells of every connection, and shows what it was sent
        "django.template": {"level": "INFO"},  # at DEBUG, a page of text for each variable that is not there
        "uvicorn": {"level": "WARNING", "propagate": True},
        "uvicorn.error": {"level": "WARNING", "propagate": True},
        "uvicorn.access": {"level": "WARNING", "propagate": True},
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []
