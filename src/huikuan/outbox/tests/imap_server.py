"""A real IMAP server (pymap) in a process of its own, into which tests put mails."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from imapclient import IMAPClient

from huikuan.outbox.tests.conftest import free_port

USER = "duizhang"
PASSWORD = "a password for the mailbox"
START_SECONDS = 20
START = "import sys; from pymap.main import main; sys.exit(main())"


@dataclass
class ImapServer:
    """Where it listens. Each start numbers the mailbox anew, as a restored server does."""

    port: int

    @contextmanager
    def signed_in(self) -> Iterator[IMAPClient]:
        with IMAPClient("127.0.0.1", self.port, ssl=False, timeout=10) as client:
            client.login(USER, PASSWORD)
            yield client

    def empty(self) -> None:
        with self.signed_in() as client:
            client.select_folder("INBOX")
            client.delete_messages(client.search("ALL"))
            client.expunge()

    def put(self, *mails: bytes, at: dt.datetime | None = None) -> None:
        with self.signed_in() as client:
            for mail in mails:
                client.append("INBOX", mail, msg_time=at)

    def left(self) -> dict[int, tuple[bytes, ...]]:
        """Number → flags of every mail in the mailbox."""
        with self.signed_in() as client:
            client.select_folder("INBOX", readonly=True)
            return dict(client.get_flags(client.search("ALL")))


@contextmanager
def running() -> Iterator[ImapServer]:
    """A server with an empty mailbox."""
    server = ImapServer(free_port())
    command = [sys.executable, "-c", START, "--host", "127.0.0.1", "--port", str(server.port)]
    command += ["--no-tls", "dict", "--demo-data"]
    command += ["--demo-user", USER, "--demo-password", PASSWORD]

    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        _wait_and_empty(server, process)
        yield server
    finally:
        process.kill()
        process.communicate()


def _wait_and_empty(server: ImapServer, process: subprocess.Popen[str]) -> None:
    """The server of the library begins with mails of a demo; they are taken out."""
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            server.empty()
            return
        except OSError:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < end, "the IMAP server does not answer"
            time.sleep(0.05)
