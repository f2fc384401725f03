"""The talk with the mail server: what came of it decides whether the mail may be sent again.

Until the text of the mail was handed over nothing has left, and whatever goes wrong is put off or
refused. From then on a broken line says nothing: the server may have taken the mail.
"""

from __future__ import annotations

import smtplib
import ssl
from types import TracebackType

from django.conf import settings

from huikuan.outbox.compose import Letter
from huikuan.outbox.state import Outcome, Result

#: Seconds for each step of the talk.
TIMEOUT = 60
_ACCEPTED = 250
_LAST_ACCEPTED = 299
_PERMANENT = 500


def is_set() -> bool:
    """Whether a mail server is named; without one mails wait."""
    return bool(settings.HUIKUAN.smtp_host)


class MailServer:
    """A connection for several mails, opened at the first and anew after every fault."""

    def __init__(self) -> None:
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> MailServer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def send(self, letter: Letter) -> Outcome:
        """Hands one mail over. Never raises for what the server or the line does."""
        try:
            connection = self._open()
            refused = _envelope(connection, letter)
        except (smtplib.SMTPException, OSError) as error:
            # Nothing of the mail has left: the way is closed, or the password is wrong.
            self._close()
            return Outcome("put_off", *_words_of(error))
        if isinstance(refused, Outcome):
            return refused

        try:
            code, answer = connection.data(letter.content)
        except smtplib.SMTPDataError as error:
            # The server did not even want to hear the text.
            return _outcome_of(error.smtp_code, error.smtp_error)
        except (smtplib.SMTPException, OSError) as error:
            self._close()
            return Outcome("lost", *_words_of(error))

        outcome = _outcome_of(code, answer)
        if outcome.result == "taken" and refused:
            detail = f"{outcome.detail}; not for {', '.join(refused)}"
            return Outcome("taken", outcome.code, detail)
        return outcome

    def _open(self) -> smtplib.SMTP:
        """The open connection if it still answers, else a new one."""
        if self._connection is not None:
            if _answers(self._connection):
                return self._connection
            self._close()

        self._connection = _connect()
        return self._connection

    def _close(self) -> None:
        connection = self._connection
        self._connection = None
        if connection is None:
            return
        try:
            connection.quit()
        except (smtplib.SMTPException, OSError):
            connection.close()


def _connect() -> smtplib.SMTP:
    """A connection that is encrypted and signed in as the settings say."""
    house = settings.HUIKUAN
    host = str(house.smtp_host)
    port = int(house.smtp_port or 0)
    connection: smtplib.SMTP
    if house.smtp_security == "ssl":
        secure = ssl.create_default_context()
        connection = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=secure)
    else:
        connection = smtplib.SMTP(host, port, timeout=TIMEOUT)

    try:
        if house.smtp_security == "starttls":
            # A server that offers none ends the talk here: the password must not go in the open.
            connection.starttls(context=ssl.create_default_context())
        password = house.password_of("smtp")
        if house.smtp_user and password is not None:
            connection.login(house.smtp_user, password)
    except (smtplib.SMTPException, OSError):
        connection.close()
        raise
    return connection


def _answers(connection: smtplib.SMTP) -> bool:
    try:
        code, _answer = connection.rset()
    except (smtplib.SMTPException, OSError):
        return False
    return code == _ACCEPTED


def _envelope(connection: smtplib.SMTP, letter: Letter) -> Outcome | list[str]:
    """Sender and receivers. Who of them is refused, or an outcome when the mail ends here."""
    # smtplib greets only in its own sendmail; without a greeting a server takes no envelope.
    connection.ehlo_or_helo_if_needed()
    # A server that says how much it takes can refuse the mail before it is handed over.
    options = [f"SIZE={len(letter.content)}"] if connection.has_extn("size") else []
    code, answer = connection.mail(letter.sender, options)
    if not _is_accepted(code):
        return _outcome_of(code, answer)

    refusals = []
    refused = []
    for receiver in letter.receivers:
        code, answer = connection.rcpt(receiver)
        if not _is_accepted(code):
            refusals.append(_outcome_of(code, answer))
            refused.append(receiver)
    if len(refused) < len(letter.receivers):
        return refused

    # Refused for everybody: for good only when each refusal is.
    put_off = [outcome for outcome in refusals if outcome.result == "put_off"]
    return (put_off or refusals)[0]


def _is_accepted(code: int) -> bool:
    return _ACCEPTED <= code <= _LAST_ACCEPTED


def _outcome_of(code: int, answer: bytes | str) -> Outcome:
    """What an answer means: 2xx taken, 5xx refused for good, everything else for now."""
    text = answer if isinstance(answer, str) else answer.decode("utf-8", "replace")
    result: Result = "put_off"
    if _is_accepted(code):
        result = "taken"
    elif code >= _PERMANENT:
        result = "refused"
    return Outcome(result, str(code), text)


def _words_of(error: Exception) -> tuple[str, str]:
    if isinstance(error, smtplib.SMTPResponseException):
        answer = error.smtp_error
        text = answer if isinstance(answer, str) else answer.decode("utf-8", "replace")
        return str(error.smtp_code), text
    return "", str(error) or type(error).__name__
