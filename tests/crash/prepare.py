"""What stands before the day of these tests begins. A process of its own: python -m tests.crash.prepare FOLDER"""

import datetime as dt
import sys
from pathlib import Path

from huikuan.ops import database
from tests.crash import files

EVENING = dt.datetime(2026, 11, 1, 20, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def house() -> None:
    """Two teams with a lead and four collectors each."""
    from huikuan.people.models import Team
    from huikuan.people.roles import create_user
    from huikuan.staff.house import make

    organisation = make({"name": "试验机构", "kind": "house"}).house
    for name in ("north", "south"):
        team = Team.objects.create(organisation=organisation, code=name, name=f"{name} 组")
        create_user(
            username=f"{name}.lead", organisation=organisation, team=team, roles=["team_lead"]
        )
        for n in range(4):
            create_user(
                username=f"{name}.{n}",
                organisation=organisation,
                team=team,
                roles=["collector"],
                capacity=1000,
            )


def few_cases(folder: Path) -> None:
    """Some cases of both creditors and a plan of the evening, so that the packs are bound and compiled."""
    from huikuan.intake import load, mapping
    from huikuan.intake.creditors import creditor_of
    from huikuan.lib.calendar import china
    from huikuan.ops.service import service_user
    from huikuan.planning.load import load_all
    from huikuan.planning.plan import plan

    load_all(at=EVENING)
    user = service_user()
    few = (
        files.cards(folder / "few.csv", 40, first=9000),
        files.invoices(folder / "few invoices.csv", 40, first=9000),
    )
    for file, code, name in zip(few, ("card-bank", "ibm"), ("card_cn", "ibm_ar"), strict=True):
        form = mapping.load(name)
        creditor = creditor_of(code, form, user.organisation)
        load.import_file(file, creditor, form, user, at=EVENING)
    plan(EVENING.date(), actor=user, at=EVENING, calendar=china())


def upload(file: Path) -> None:
    """As the screen does with a large file: it is received, and the worker gets the job of its import."""
    from huikuan.intake import mapping, receive, tasks
    from huikuan.intake.creditors import creditor_of
    from huikuan.ops.service import service_user

    user, form = service_user(), mapping.load("card_cn")
    creditor = creditor_of("card-bank", form, user.organisation)
    found = receive.receive(
        file, creditor, form.name, user, at=EVENING + dt.timedelta(hours=1)
    ).placement
    lock = f"intake.accept.{found.pk}"
    tasks.accept_placement.configure(queueing_lock=lock, lock=lock).defer(
        placement_id=found.pk, user_id=user.pk
    )


if __name__ == "__main__":
    database.connect()
    house()
    few_cases(Path(sys.argv[1]))
    upload(Path(sys.argv[1]) / files.PILE)
