"""Django's settings, all from `huikuan.ops.config`. Importing this module starts nothing and needs no database."""

import importlib.util
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from huikuan.ops import config as _config
from huikuan.ops import postgres as _postgres

HUIKUAN = _config.current()
PACKAGE = Path(__file__).resolve().parent.parent

SECRET_KEY = HUIKUAN.session_key()
DATA_KEY = HUIKUAN.sealing_key()
DEBUG = HUIKUAN.debug
ALLOWED_HOSTS = list(HUIKUAN.allowed_hosts)
if not ALLOWED_HOSTS:
    ALLOWED_HOSTS = (
        ["localhost", "127.0.0.1", "[::1]"]
        if HUIKUAN.host in ("127.0.0.1", "localhost", "::1")
        else ["*"]
    )
CSRF_TRUSTED_ORIGINS = list(HUIKUAN.csrf_trusted_origins)

#: The rooms, in the one place that lists them. What a room says of itself stands in its room.py
#: (huikuan.web.rooms finds it); what lies above all others comes last.
ROOMS = [
    "huikuan.documents",
    "huikuan.outbox",
    "huikuan.promises",
    "huikuan.approvals",
    "huikuan.clocks",
    "huikuan.receivables",
    "huikuan.intake",
    "huikuan.channels",
    "huikuan.filtering",
    "huikuan.look_ups",
    "huikuan.penalties",
    "huikuan.staff",
    "huikuan.allocation",
    "huikuan.planning",
    "huikuan.gate",
    "huikuan.contacts",
    # a mail to the debtor is done on its own page: before the form of other contacts
    "huikuan.mails",
    "huikuan.calls",
    "huikuan.telephony",
    "huikuan.holds",
    "huikuan.complaints",
    "huikuan.payments",
    "huikuan.reports",
    "huikuan.desk",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "django_htmx",
    "csp",
    "huikuan.people",
    "huikuan.casebook",
    "huikuan.web",
    *ROOMS,
    "huikuan.ops",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "huikuan.web.no_nul.NoNulMiddleware",
    "huikuan.web.assets.AssetsMiddleware",
    "huikuan.web.packs_once.PacksOnceMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "huikuan.web.house_time.HouseTimeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "huikuan.desk.one_list.OneListMiddleware",
]

ROOT_URLCONF = "huikuan.desk.urls"
WSGI_APPLICATION = "huikuan.ops.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.append("django.forms")  # its templates, which ours override by coming first


def _database() -> dict[str, Any]:
    """Django's entry for the named server, or for the embedded one whether it runs yet or not."""
    # values go beside the text, and a statement that comes again is prepared: Postgres spends half its time on plans otherwise.
    # After five runs it keeps a plan for all values, where that is not dearer: the search by beginnings keeps its own.
    prepared = {"server_side_binding": True, "prepare_threshold": 2}
    entry: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": prepared,
    }
    if HUIKUAN.database_url is None:
        cluster = _postgres.find(HUIKUAN.home)
        return entry | (
            cluster.django() if cluster else {"HOST": "/nonexistent", "NAME": _postgres.DATABASE}
        )
    parts = urlsplit(HUIKUAN.database_url.get_secret_value())
    return entry | {
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "NAME": unquote(parts.path.lstrip("/")),
        "OPTIONS": prepared | dict(parse_qsl(parts.query)),
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["huikuan.people.backend.Backend"]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# the worker imports these at its start; every other process only the one whose job it hands over
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
PROCRASTINATE_IMPORT_PATHS = [
    f"{app}.tasks"
    for app in INSTALLED_APPS
    if app.startswith("huikuan.") and importlib.util.find_spec(f"{app}.tasks")
]

STATIC_URL = "/static/"
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True  # straight from the package: no collectstatic step
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 3600

SESSION_COOKIE_NAME = "huikuan_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = HUIKUAN.production
CSRF_COOKIE_NAME = "huikuan_csrf"
CSRF_COOKIE_SECURE = HUIKUAN.production
LANGUAGE_COOKIE_NAME = "huikuan_language"
LANGUAGE_COOKIE_AGE = 365 * 86400
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if HUIKUAN.production else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HUIKUAN.trust_proxy else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

LOGGING_CONFIG = "huikuan.ops.logs.configure"
LOGGING = {"level": HUIKUAN.log_level}
