"""Background work of the intake: the import of a large file, one job a file."""

from __future__ import annotations

import psycopg
from django.db import InterfaceError, OperationalError
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

#: Files above this size are imported by the worker, smaller ones at once. Bytes.
AT_ONCE = 2 << 20
#: A server that dies takes the job with it; it is up again within seconds. The meter raises psycopg's own errors.
WHEN_THE_DATABASE_DIED = RetryStrategy(
    max_attempts=6,
    exponential_wait=2,
    retry_exceptions=(
        OperationalError,
        InterfaceError,
        psycopg.OperationalError,
        psycopg.InterfaceError,
    ),
)


@app.task(name="intake.accept", queueing_lock="intake.accept", retry=WHEN_THE_DATABASE_DIED)
def accept_placement(placement_id: int, user_id: int) -> dict[str, object]:
    """Imports a received file. Safe to repeat: an accepted placement stays as it is."""
    from django.utils import timezone

    from huikuan.casebook import vault
    from huikuan.casebook.clear_copies import clear_folder
    from huikuan.casebook.models import Placement
    from huikuan.intake import load
    from huikuan.intake.progress import Meter
    from huikuan.people.models import User

    placement = Placement.objects.select_related("creditor__organisation").get(pk=placement_id)
    meter = Meter(placement_id)
    try:
        with clear_folder() as folder:
            path = vault.restore(placement.creditor_id, placement.file_hash, folder / "placement")
            result = load.accept_received(
                placement, path, User.objects.get(pk=user_id), at=timezone.now(), progress=meter
            )
    except Exception:
        Placement.objects.filter(pk=placement_id).update(progress={"stage": "failed"})
        raise
    finally:
        meter.close()
    return result.as_dict()
