"""A real SFTP server (asyncssh) on this machine, started by a test, over a folder of the test."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh

USER = "weiwai"
PASSWORD = "a password for the account"
START_SECONDS = 20


class _Server(asyncssh.SSHServer):
    """Lets in one user, by password or by a key that was given to the server."""

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)


@dataclass
class SftpServer:
    """Where it listens and the key that it shows."""

    folder: Path
    port: int = 0
    key: Any = field(default_factory=lambda: asyncssh.generate_private_key("ssh-ed25519"))

    @property
    def host_key(self) -> str:
        return self.key.export_public_key().decode().strip()


@contextmanager
def running(folder: Path, authorized: str = "") -> Iterator[SftpServer]:
    """A server over this folder; `authorized`: a public key that may sign in."""
    server = SftpServer(folder)
    loop = asyncio.new_event_loop()
    is_up = threading.Event()

    def listen() -> None:
        asyncio.set_event_loop(loop)
        listener = loop.run_until_complete(_listen(server, authorized))
        is_up.set()
        loop.run_forever()
        listener.close()
        loop.run_until_complete(listener.wait_closed())

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    assert is_up.wait(START_SECONDS), "the SFTP server does not start"
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=START_SECONDS)


async def _listen(server: SftpServer, authorized: str) -> asyncssh.SSHAcceptor:
    keys = asyncssh.import_authorized_keys(authorized) if authorized else None

    listener = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_factory=_Server,
        server_host_keys=[server.key],
        authorized_client_keys=keys,
        sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=str(server.folder)),
    )
    server.port = listener.get_port()
    return listener
