"""What addresses of this room name: a channel of the house and a file in it."""

from __future__ import annotations

from django.utils import timezone
from tests.book import Book

from huikuan.casebook.models import Channel, ChannelFile

FILE = "SECRET-CHANNEL-FILE.csv"


def words(book: Book) -> dict[str, object]:
    channel = Channel.objects.filter(organisation=book.house).first() or _make_channel(book)
    file = channel.files.first()
    assert file is not None
    return {"channel": channel.pk, "file": file.pk}


def _make_channel(book: Book) -> Channel:
    now = timezone.now()
    channel = Channel.objects.create(
        organisation=book.house,
        creditor=book.case.creditor,
        act=book.case.act,
        code="ours",
        kind="folder",
        mapping="card_cn",
        address="ours",
    )

    ChannelFile.objects.create(
        organisation=book.house,
        creditor=book.case.creditor,
        channel=channel,
        key=FILE,
        name=FILE,
        state="arrived",
        size=1,
        first_seen_at=now,
        same_since=now,
        seen_at=now,
    )
    return channel
