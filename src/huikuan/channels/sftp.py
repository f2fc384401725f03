"""A channel that is an SFTP account. The server is believed by its one pinned key."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import socket
import stat
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import asyncssh

from huikuan.casebook import sealed
from huikuan.casebook.models import Channel
from huikuan.channels.seen import NO_SPACE, TIMEOUT, Listing, Seen, Unreachable

PORT = 22
#: Seconds that the copy of one file may take.
COPY_SECONDS = 600
_KEY_BEGINS = "-----BEGIN"
Answer = TypeVar("Answer")


class SftpReader:
    """Reads the folder of an account."""

    def listed(self, channel: Channel) -> Listing:
        """Its files; what lies in a folder of it is not looked at."""
        return Listing(_run(_listed(channel), TIMEOUT))

    def copy(self, channel: Channel, key: str, target: Path) -> None:
        """Copies the file."""
        _run(_copy(channel, key, target), COPY_SECONDS)


def host_key_of(host: str, port: int | None) -> str:
    """The key that the server shows now, for a person to compare with what the client said."""
    return _run(_host_key(host, port or PORT), TIMEOUT)


def is_host_key(text: str) -> bool:
    """Whether this is a public key as a server has one, such as `ssh-ed25519 AAAA…`."""
    try:
        asyncssh.import_public_key(text)
    except (asyncssh.KeyImportError, ValueError):
        return False
    return True


async def _host_key(host: str, port: int) -> str:
    key = await asyncssh.get_server_host_key(host, port, config=None)
    if key is None:
        raise Unreachable("channel.no_host_key")
    return key.export_public_key().decode().strip()


@asynccontextmanager
async def _connected(channel: Channel) -> AsyncIterator[asyncssh.SFTPClient]:
    """An SFTP session. Neither keys nor settings of whoever runs the program are used."""
    secret = sealed.unseal(channel.secret) if channel.secret else ""
    password: str | None = secret
    client_keys = None
    if secret.lstrip().startswith(_KEY_BEGINS):
        password = None
        client_keys = [asyncssh.import_private_key(secret)]
    host_key = asyncssh.import_public_key(channel.host_key)

    async with (
        asyncssh.connect(
            channel.address,
            channel.port or PORT,
            username=channel.user,
            password=password,
            client_keys=client_keys,
            known_hosts=([host_key], [], []),
            agent_path=None,
            config=None,
            connect_timeout=TIMEOUT,
            login_timeout=TIMEOUT,
        ) as connection,
        connection.start_sftp_client() as client,
    ):
        yield client


async def _listed(channel: Channel) -> list[Seen]:
    async with _connected(channel) as client:
        # Asked in bytes: one name that is no UTF-8 would otherwise hide all the others.
        entries = await client.readdir((channel.folder or ".").encode())
    return [_seen(entry) for entry in entries if _is_file(entry)]


def _is_file(entry: asyncssh.SFTPName) -> bool:
    permissions = entry.attrs.permissions
    return permissions is None or stat.S_ISREG(permissions)


def _seen(entry: asyncssh.SFTPName) -> Seen:
    name = os.fsdecode(entry.filename)
    own_time = None
    if entry.attrs.mtime is not None:
        own_time = dt.datetime.fromtimestamp(entry.attrs.mtime, dt.UTC)
    return Seen(name, name, entry.attrs.size or 0, own_time)


async def _copy(channel: Channel, key: str, target: Path) -> None:
    async with _connected(channel) as client:
        await client.get(f"{channel.folder or '.'}/{key}", str(target))


def _run(work: Coroutine[Any, Any, Answer], seconds: int) -> Answer:
    """The answer of the server within its time. What its library says is told in our words."""
    try:
        return asyncio.run(asyncio.wait_for(work, seconds))
    except asyncssh.HostKeyNotVerifiable:
        raise Unreachable("channel.host_key") from None
    except asyncssh.PermissionDenied:
        raise Unreachable("channel.refused") from None
    except TimeoutError:
        raise Unreachable("channel.silent") from None
    except ConnectionError:
        raise Unreachable("channel.refuses_connections") from None
    except socket.gaierror:
        raise Unreachable("channel.no_such_server") from None
    except (asyncssh.Error, OSError, ValueError) as error:
        if getattr(error, "errno", None) in NO_SPACE:
            raise Unreachable("file.no_space") from None
        raise Unreachable("channel.unreachable", str(error)[:200]) from None
