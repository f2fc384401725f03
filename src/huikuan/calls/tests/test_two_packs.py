"""A case that follows two procedures: a task speaks the words of the version that made it."""

from __future__ import annotations

import pytest
from tests import people
from tests.shipped import texts_of, version_of

from huikuan.calls.tests.call import Room, make_room, text
from huikuan.casebook import packs
from huikuan.casebook.models import PackActivation, PackBinding, PackVersion
from huikuan.contacts.procedure import at_hand
from huikuan.engine import playbook, vocabulary
from huikuan.ops.made_once import made_once

pytestmark = pytest.mark.django_db
SHIPPED = "phone_collection"
#: Stands before the shipped procedure in the alphabet, and so was taken for every case that
#: follows both.
SECOND = "a_deposit_track"
FIRST_DAY = people.PLACED_ON.replace(year=2020)


def store(pack: str, version: str, changes: dict[str, dict[str, str]]) -> PackVersion:
    """The shipped procedure with other words, approved."""
    texts = dict(texts_of(SHIPPED))
    for name, words in changes.items():
        for old, new in words.items():
            assert old in texts[name], (name, old)
            texts[name] = texts[name].replace(old, new)

    book, problems = playbook.read_playbook(texts, vocabulary.standard())
    assert book is not None, problems
    assert (book.pack.name, book.pack.version) == (pack, version)
    return PackVersion.objects.create(
        pack=pack,
        kind="playbook",
        version=version,
        hash=book.pack.hash,
        content=texts,
        effective_from=FIRST_DAY,
        approved_by="boss",
        loaded_at=people.moment(people.PLACED_ON),
    )


@made_once
def room(procedures: None, db: None) -> Room:
    return make_room()


@made_once
def second(room: Room) -> PackVersion:
    """A made-up second procedure that the case follows too."""
    changes = {
        "pack.yaml": {f"pack: {SHIPPED}": f"pack: {SECOND}", "电话催收流程": "押金流程"},
        "outcomes.yaml": {"承诺还款": "同意以押金抵扣"},
        "scripts/first_call.md": {"# 第一次催收": "# 押金催收"},
    }

    version = store(SECOND, version_of(SHIPPED), changes)
    PackActivation.objects.create(version=version, pack=SECOND, from_on=FIRST_DAY)
    PackBinding.objects.create(
        creditor=room.case.creditor, product="card", pack=SECOND, from_on=FIRST_DAY
    )
    return version


def page(room: Room) -> str:
    return text(room.client.get(room.address("call")))


def test_the_task_at_hand_brings_its_own_outcomes_and_script(
    room: Room, second: PackVersion
) -> None:
    assert [version.pack for version in packs.of_case(room.case, room.today)] == [SECOND, SHIPPED]
    shown = page(room)
    assert 'value="promised"' in shown
    assert "承诺还款" in shown
    assert "押金" not in shown
    started = text(room.start())
    assert "押金催收" not in started
    assert "第一次催收" in started


def test_without_a_task_both_procedures_stand_apart(room: Room, second: PackVersion) -> None:
    room.task.delete()
    shown = page(room)
    for pack, title, words in (
        (SECOND, "押金流程 · ", "同意以押金抵扣"),
        (SHIPPED, "电话催收流程 · ", "承诺还款"),
    ):
        assert f'value="{pack}/promised"' in shown
        assert title in shown
        assert words in shown
    assert 'value="promised"' not in shown


@pytest.mark.parametrize(("pack", "words"), [(SECOND, "同意以押金抵扣"), (SHIPPED, "承诺还款")])
def test_the_outcome_of_one_of_them_is_saved_with_its_own_words(
    pack: str, words: str, room: Room, second: PackVersion
) -> None:
    room.task.delete()
    versions = at_hand(room.case, room.today).versions
    form = room.talk(outcome=f"{pack}/promised", versions=versions, tasks=[])
    answer = room.save(form | {"decision": room.decision()})
    assert answer.status_code == 200, text(answer)
    assert room.saved().outcome == "promised"
    assert words in text(answer)


def test_the_outcome_belongs_to_what_the_page_showed(room: Room, second: PackVersion) -> None:
    """The task was unticked after the page came: its words still count."""
    versions = at_hand(room.case, room.today, [room.task]).versions
    form = room.talk(versions=versions, tasks=[])
    answer = room.save(form | {"decision": room.decision()})
    assert answer.status_code == 200
    assert "承诺还款" in text(answer)
    assert "押金" not in text(answer)


def test_a_version_of_another_case_lends_no_words(room: Room, second: PackVersion) -> None:
    """What the browser sends is no reason to speak of a procedure that the case does not follow."""
    PackBinding.objects.filter(pack=SECOND).delete()
    form = room.talk(versions=str(second.pk), tasks=[])
    answer = room.save(form | {"decision": room.decision()})
    assert "押金" not in text(answer)
    assert "承诺还款" in text(answer)


def test_a_task_keeps_the_words_of_the_version_that_made_it(room: Room) -> None:
    changes = {
        "pack.yaml": {f'version: "{version_of(SHIPPED)}"': 'version: "newer"'},
        "scripts/first_call.md": {"# 第一次催收": "# 新版催收"},
        "outcomes.yaml": {"承诺还款": "新版承诺"},
    }
    newer = store(SHIPPED, "newer", changes)
    PackActivation.objects.filter(pack=SHIPPED).delete()
    PackActivation.objects.create(version=newer, pack=SHIPPED, from_on=FIRST_DAY)
    assert "新版" not in page(room)
    assert "新版" not in text(room.start())

    room.task.delete()
    assert "新版承诺" in page(room)
