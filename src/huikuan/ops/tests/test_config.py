"""Settings stop on a wrong value and name it."""

import base64
import stat

import pytest

from huikuan.ops import config

KEY = base64.urlsafe_b64encode(b"k" * 32).decode()
PRODUCTION = {
    "HUIKUAN_MODE": "production",
    "HUIKUAN_SECRET_KEY": "s" * 50,
    "HUIKUAN_DATA_KEY": KEY,
    "HUIKUAN_ALLOWED_HOSTS": "desk.example.com, 10.0.0.8",
}


def lines(**environ: str) -> list[str]:
    with pytest.raises(config.ConfigError) as caught:
        config.read(environ)
    return caught.value.lines


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("HUIKUAN_PORT", "eighty", "0 to 65535"),
        ("HUIKUAN_PORT", "70000", "0 to 65535"),
        ("HUIKUAN_MODE", "prod", "development or production"),
        ("HUIKUAN_TRUST_PROXY", "flase", "true or false"),
        ("HUIKUAN_LOG_LEVEL", "loud", "debug, info"),
        ("HUIKUAN_PACKS", "/no/such/folder", "folder that exists"),
        ("HUIKUAN_HOME", __file__, "folder"),
        ("HUIKUAN_WORKERS", "0", "1 to 64"),
        ("HUIKUAN_DEBUG", "perhaps", "true or false"),
        ("HUIKUAN_CHROMIUM", "/no/such/program", "Chromium program"),
        ("HUIKUAN_ALLOWED_HOSTS", "https://desk.example.com", "host names"),
        ("HUIKUAN_CSRF_TRUSTED_ORIGINS", "desk.example.com", "https://"),
        ("HUIKUAN_TELEPHONY", "telepathy", "console, link-tel"),
        ("HUIKUAN_TELEPHONY_URL", "pbx.example.com", "https://"),
        ("HUIKUAN_SMTP_HOST", "smtp://mail.example.com", "host name"),
        ("HUIKUAN_SMTP_SECURITY", "tls", "starttls, ssl, none"),
        ("HUIKUAN_SMTP_PASSWORD_FILE", "/no/such/file", "file that can be read"),
        ("HUIKUAN_MAIL_FROM", "对账@例子.com", "plain letters"),
        ("HUIKUAN_MAIL_LARGEST_MB", "0", "1 to 100"),
        ("HUIKUAN_IMAP_PORT", "143a", "1 to 65535"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(name, value, allowed):
    (line,) = lines(**{name: value})
    assert line.startswith(f"{name}={value}: ")
    assert allowed in line


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HUIKUAN_SECRET_KEY", "short-secret"),
        ("HUIKUAN_DATA_KEY", "not-base64!"),
        ("HUIKUAN_TELEPHONY_SECRET", "short-secret-word"),
        ("HUIKUAN_DATA_KEY", base64.urlsafe_b64encode(b"k" * 16).decode()),
        ("HUIKUAN_DATABASE_URL", "mysql://u:secret-word@h/d"),
        ("HUIKUAN_DATABASE_URL", "postgresql://u:secret-word@h:port/d"),
    ],
)
def test_a_wrong_secret_is_named_but_not_shown(name, value):
    (line,) = lines(**{name: value})
    assert line.startswith(f"{name}=***: must ")
    assert "secret-" not in line


def test_an_unknown_variable_is_refused_with_the_nearest_name():
    assert lines(HUIKUAN_HOEM="/tmp") == [
        "HUIKUAN_HOEM is not a setting; did you mean HUIKUAN_HOME?"
    ]


def test_all_faults_are_told_at_once():
    assert len(lines(HUIKUAN_PORT="x", HUIKUAN_MODE="y", HUIKUAN_HOEM="z")) == 3


def test_production_has_no_default_secret():
    told = " ".join(lines(HUIKUAN_MODE="production"))
    for name in ("HUIKUAN_SECRET_KEY", "HUIKUAN_DATA_KEY", "HUIKUAN_ALLOWED_HOSTS"):
        assert f"{name} must be set in production mode" in told
    read = config.read(PRODUCTION)
    assert read.sealing_key() == KEY
    assert read.allowed_hosts == ("desk.example.com", "10.0.0.8")


def test_secrets_are_not_in_the_representation():
    assert "ssss" not in repr(config.read(PRODUCTION))


def test_development_makes_its_keys_once_and_keeps_them_private(tmp_path):
    home = {"HUIKUAN_HOME": str(tmp_path / "home")}
    first, second = config.read(home), config.read(home)
    assert first.session_key() == second.session_key()
    assert first.sealing_key() == second.sealing_key() != first.session_key()
    for name in ("secret_key", "data_key"):
        assert stat.S_IMODE((tmp_path / "home" / "keys" / name).stat().st_mode) == 0o600


def test_of_two_first_starts_one_key_holds(tmp_path):
    path = tmp_path / "keys" / "data_key"
    assert config.stored_key(path, "one") == config.stored_key(path, "two") == "one"
    assert list(path.parent.iterdir()) == [path]


def test_an_empty_variable_counts_as_unset():
    assert config.read({"HUIKUAN_PORT": "", "HUIKUAN_DATABASE_URL": ""}).port == 8000


def test_a_telephone_system_needs_its_address_and_secret():
    told = " ".join(lines(HUIKUAN_TELEPHONY="originate"))
    for name in ("HUIKUAN_TELEPHONY_URL", "HUIKUAN_TELEPHONY_SECRET"):
        assert f"{name} must be set with HUIKUAN_TELEPHONY=originate" in told
    given = {
        "HUIKUAN_TELEPHONY_URL": "http://127.0.0.1:8088/",
        "HUIKUAN_TELEPHONY_SECRET": "s" * 24,
    }
    read = config.read({"HUIKUAN_TELEPHONY": "originate", **given})
    assert read.telephony == "originate" and "ssss" not in repr(read)


def test_a_mail_server_needs_a_sender_and_a_mailbox_its_user():
    told = " ".join(
        lines(HUIKUAN_SMTP_HOST="smtp.example.com", HUIKUAN_IMAP_HOST="imap.example.com")
    )
    assert "HUIKUAN_MAIL_FROM must be set with HUIKUAN_SMTP_HOST" in told
    assert "HUIKUAN_IMAP_USER must be set with HUIKUAN_IMAP_HOST" in told


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("ssl", 465), ("none", 25)])
def test_the_port_of_the_mail_server_follows_from_its_security(security, port):
    assert config.read({"HUIKUAN_SMTP_SECURITY": security}).smtp_port == port
    given = {"HUIKUAN_SMTP_SECURITY": security, "HUIKUAN_SMTP_PORT": "2525"}
    assert config.read(given).smtp_port == 2525


def test_a_password_comes_from_its_variable_or_from_a_file(tmp_path):
    file = tmp_path / "password"
    file.write_text("from a file \n")
    read = config.read({"HUIKUAN_IMAP_PASSWORD_FILE": str(file), "HUIKUAN_SMTP_PASSWORD": "given"})
    assert read.password_of("imap") == "from a file "
    assert read.password_of("smtp") == "given"
    assert "given" not in repr(read)
    assert config.read({}).password_of("smtp") is None
