"""The settings of the mail: how it leaves, as whom, which mailbox is read for what comes back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings

from huikuan.lib import emails
from huikuan.ops.words import gettext as _

Security = Literal["starttls", "ssl", "none"]
SMTP_PORTS = {"starttls": 587, "ssl": 465, "none": 25}
IMAP_PORTS = {"starttls": 143, "ssl": 993, "none": 143}
SECRET = {"smtp_password", "imap_password"}
REQUIRED_TO_MAIL = ("mail_from",)
REQUIRED_TO_READ = ("imap_user",)


class MailConfig(BaseSettings):
    """HUIKUAN_SMTP_*, HUIKUAN_MAIL_* and HUIKUAN_IMAP_*. Without a host nothing is sent or read."""

    smtp_host: str | None = None
    smtp_port: int | None = Field(default=None, ge=1, le=65535)
    smtp_security: Security = "starttls"
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_password_file: Path | None = None
    mail_from: str | None = None
    mail_reply_to: str | None = None
    mail_largest_mb: int = Field(default=20, ge=1, le=100)
    imap_host: str | None = None
    imap_port: int | None = Field(default=None, ge=1, le=65535)
    imap_security: Security = "ssl"
    imap_user: str | None = None
    imap_password: SecretStr | None = None
    imap_password_file: Path | None = None
    imap_folder: str = "INBOX"

    @field_validator("mail_from", "mail_reply_to")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is not None and not emails.can_be_mailed(value):
            raise ValueError("not an address")
        return value

    @field_validator("smtp_host", "imap_host")
    @classmethod
    def _host(cls, value: str | None) -> str | None:
        if value is not None and any(sign in value for sign in "/ @"):
            raise ValueError("not a host name")
        return value

    @field_validator("smtp_password_file", "imap_password_file")
    @classmethod
    def _readable(cls, value: Path | None) -> Path | None:
        if value is None:
            return None
        path = value.expanduser().absolute()
        try:
            path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise ValueError("not readable") from None
        return path

    @model_validator(mode="after")
    def _ports(self) -> MailConfig:
        # The settings are frozen once they are read; the port follows from the way of encryption.
        if self.smtp_port is None:
            object.__setattr__(self, "smtp_port", SMTP_PORTS[self.smtp_security])
        if self.imap_port is None:
            object.__setattr__(self, "imap_port", IMAP_PORTS[self.imap_security])
        return self

    def password_of(self, way: Literal["smtp", "imap"]) -> str | None:
        """The password, from the variable or from the file, whose last line break is none of it."""
        given: SecretStr | None = getattr(self, f"{way}_password")
        if given is not None:
            return given.get_secret_value()
        path: Path | None = getattr(self, f"{way}_password_file")
        if path is not None:
            return path.read_text(encoding="utf-8").rstrip("\r\n")
        return None


def allowed() -> dict[str, str]:
    """What each variable may hold, in words."""
    port = _("must be a whole number from 1 to 65535")
    host = _("must be a host name such as smtp.example.com")
    security = _("must be one of starttls, ssl, none")
    address = _("must be an e-mail address in plain letters")
    file = _("must be a file that can be read")

    return {
        "smtp_host": host,
        "smtp_port": port,
        "smtp_security": security,
        "smtp_password_file": file,
        "mail_from": address,
        "mail_reply_to": address,
        "mail_largest_mb": _("must be a whole number from 1 to 100"),
        "imap_host": host,
        "imap_port": port,
        "imap_security": security,
        "imap_password_file": file,
        "imap_user": _("must be the user of the mailbox"),
    }


def missing(config: MailConfig, name_of: Callable[[str], str]) -> list[str]:
    """A sentence for every variable that another one needs and that is not set."""
    text = _("{name} must be set with {other}: it {rule}")
    needed: list[tuple[Any, str, tuple[str, ...]]] = [
        (config.smtp_host, "smtp_host", REQUIRED_TO_MAIL),
        (config.imap_host, "imap_host", REQUIRED_TO_READ),
    ]

    lines = []
    for host, other, names in needed:
        for name in names:
            if host is None or getattr(config, name):
                continue
            line = text.format(name=name_of(name), other=name_of(other), rule=allowed()[name])
            lines.append(line)
    return lines
