"""Every setting of an installation, read once from HUIKUAN_* variables; a wrong one stops the start and is named."""

import base64
import datetime as dt
import difflib
import os
import secrets
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from huikuan.ops import mail_config
from huikuan.ops.words import gettext as _

PREFIX = "HUIKUAN_"
LOG_LEVELS = ("debug", "info", "warning", "error")
SECRET = {"secret_key", "data_key", "database_url", "telephony_secret"} | mail_config.SECRET
REQUIRED_IN_PRODUCTION = ("secret_key", "data_key", "allowed_hosts")
REQUIRED_TO_ORIGINATE = ("telephony_url", "telephony_secret")


class ConfigError(Exception):
    """Settings that cannot be used; `lines` holds one sentence for each, all of them at once."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def _two_for_each_core() -> int:
    """Each answers one request at a time: while one waits for the database, another has the core."""
    return min(2 * (os.cpu_count() or 2), 64)


class Config(mail_config.MailConfig):
    """One installation. Field `home` is the variable HUIKUAN_HOME, and so on."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="ignore"
    )

    mode: Literal["development", "production"] = "development"
    home: Path = Path("var")
    database_url: SecretStr | None = None
    secret_key: SecretStr | None = None
    data_key: SecretStr | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    workers: int = Field(default_factory=_two_for_each_core, ge=1, le=64)
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    packs: Path | None = None
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    csrf_trusted_origins: Annotated[tuple[str, ...], NoDecode] = ()
    trust_proxy: bool = False
    debug: bool = False
    chromium: Path | None = None
    plan_at: str = "06:30"
    telephony: Literal["console", "link-tel", "link-sip", "originate"] = "console"
    telephony_url: str | None = None
    telephony_secret: SecretStr | None = None

    @field_validator("allowed_hosts", "csrf_trusted_origins", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return (
            tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("plan_at")
    @classmethod
    def _hour(cls, value: str) -> str:
        if value != "off":
            dt.time.fromisoformat(value)
        return value

    @field_validator("csrf_trusted_origins")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any(
            urlsplit(origin).scheme not in ("http", "https") or not urlsplit(origin).netloc
            for origin in value
        ):
            raise ValueError("origin")
        return value

    @field_validator("allowed_hosts")
    @classmethod
    def _names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any("/" in name or " " in name for name in value):
            raise ValueError("not a host name")
        return value

    @field_validator("chromium")
    @classmethod
    def _program(cls, value: Path | None) -> Path | None:
        if value is not None and not value.expanduser().is_file():
            raise ValueError("not a program")
        return value

    @field_validator("home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        path = value.expanduser().absolute()
        if path.exists() and not path.is_dir():
            raise ValueError("not a folder")
        return path

    @field_validator("packs")
    @classmethod
    def _folder(cls, value: Path | None) -> Path | None:
        if value is None:
            return None
        if not value.expanduser().is_dir():
            raise ValueError("not a folder")
        return value.expanduser().absolute()

    @field_validator("database_url")
    @classmethod
    def _postgres(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            parts = urlsplit(value.get_secret_value())
            # .port raises ValueError when it is not a number
            if (
                parts.scheme not in ("postgres", "postgresql")
                or not parts.path.strip("/")
                or parts.port == 0
            ):
                raise ValueError("not a Postgres address")
        return value

    @field_validator("telephony_url")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        if value is not None and (
            urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).netloc
        ):
            raise ValueError("not a web address")
        return value

    @field_validator("telephony_secret")
    @classmethod
    def _24_characters(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < 24:
            raise ValueError("too short")
        return value

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < 32:
            raise ValueError("too short")
        return value

    @field_validator("data_key")
    @classmethod
    def _32_bytes(cls, value: SecretStr | None) -> SecretStr | None:
        # binascii.Error is a ValueError
        if (
            value is not None
            and len(base64.b64decode(value.get_secret_value(), altchars=b"-_", validate=True)) != 32
        ):
            raise ValueError("not 32 bytes")
        return value

    @property
    def production(self) -> bool:
        return self.mode == "production"

    @property
    def plan_time(self) -> dt.time | None:
        """The local time from which the worker plans the day; None where nobody is to."""
        if self.plan_at == "off":
            return None
        return dt.time.fromisoformat(self.plan_at)

    def sealing_key(self) -> str:
        """The key from which personal data are sealed and indexed: 32 random bytes in urlsafe base64."""
        return self._key(
            "data_key", lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        )

    def session_key(self) -> str:
        """Django's SECRET_KEY."""
        return self._key("secret_key", lambda: secrets.token_urlsafe(50))

    def _key(self, name: str, make: Any) -> str:
        given: SecretStr | None = getattr(self, name)
        return (
            given.get_secret_value()
            if given is not None
            else stored_key(self.home / "keys" / name, make())
        )


def stored_key(path: Path, fresh: str) -> str:
    """The key kept in `path`; `fresh` becomes it if there is none yet. Two first starts at once agree on one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(fresh)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # fails if another start was first: its key holds
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def _allowed(name: str) -> str:
    """What the variable of field `name` may hold, in words."""
    return mail_config.allowed().get(name) or {
        "mode": _("must be development or production"),
        "home": _("must be a folder, or a path where one can be made"),
        "packs": _("must be a folder that exists"),
        "chromium": _("must be the path of a Chromium program"),
        "database_url": _("must look like postgresql://user:password@host:5432/database"),
        "secret_key": _("must be at least 32 characters long"),
        "data_key": _("must be 32 random bytes in urlsafe base64 (44 characters)"),
        "port": _("must be a whole number from 0 to 65535"),
        "workers": _("must be a whole number from 1 to 64"),
        "plan_at": _("must be a time of day such as 06:30, or off"),
        "log_level": _("must be one of debug, info, warning, error"),
        "trust_proxy": _("must be true or false"),
        "debug": _("must be true or false"),
        "csrf_trusted_origins": _(
            "must be addresses such as https://desk.example.com, separated by commas"
        ),
        "allowed_hosts": _("must be host names separated by commas"),
        "telephony": _("must be one of console, link-tel, link-sip, originate"),
        "telephony_url": _("must be an address such as https://pbx.example.com/originate"),
        "telephony_secret": _("must be at least 24 characters long"),
    }.get(name, _("cannot be used"))


def _unknown(environ: dict[str, str]) -> list[str]:
    known = [PREFIX + name.upper() for name in Config.model_fields]
    lines = []
    for name in sorted(name for name in environ if name.startswith(PREFIX) and name not in known):
        near = difflib.get_close_matches(name, known, n=1)
        hint = (
            _("did you mean {name}?").format(name=near[0])
            if near
            else _("known: {names}").format(names=", ".join(known))
        )
        lines.append(_("{name} is not a setting; {hint}").format(name=name, hint=hint))
    return lines


def _wrong(error: ValidationError, environ: dict[str, str]) -> list[str]:
    lines = []
    for field in dict.fromkeys(
        str(item["loc"][0]).lower().removeprefix(PREFIX.lower()) for item in error.errors()
    ):
        name = PREFIX + field.upper()
        value = "***" if field in SECRET else environ.get(name, "")
        lines.append(f"{name}={value}: {_allowed(field)}")
    return lines


def read(environ: dict[str, str] | None = None) -> Config:
    """The settings of the environment. Raises ConfigError that names every wrong, unknown or missing variable."""
    environ = dict(os.environ if environ is None else environ)
    lines = _unknown(environ)
    given = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environ.items()
        if name.startswith(PREFIX) and value
    }
    config = None
    try:
        known: dict[str, Any] = {name: given[name] for name in given if name in Config.model_fields}
        config = Config(**known)
    except ValidationError as error:
        lines += _wrong(error, environ)
    if config is not None and config.production:
        missing = [name for name in REQUIRED_IN_PRODUCTION if not getattr(config, name)]
        lines += [
            _("{name} must be set in production mode: it {rule}").format(
                name=PREFIX + n.upper(), rule=_allowed(n)
            )
            for n in missing
        ]
    if config is not None and config.telephony == "originate":
        missing = [name for name in REQUIRED_TO_ORIGINATE if not getattr(config, name)]
        lines += [
            _("{name} must be set with HUIKUAN_TELEPHONY=originate: it {rule}").format(
                name=PREFIX + n.upper(), rule=_allowed(n)
            )
            for n in missing
        ]
    if config is not None:
        lines += mail_config.missing(config, lambda name: PREFIX + name.upper())
    if lines or config is None:
        raise ConfigError(lines)
    return config


@cache
def current() -> Config:
    """The settings of this process, read once."""
    return read()
