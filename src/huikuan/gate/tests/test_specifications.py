"""Every case of the limits packs' own specifications, run through the real compiled question on Postgres."""

from __future__ import annotations

from pathlib import Path

import pytest

import huikuan.packs
from huikuan.engine import vocabulary
from huikuan.engine.limits import Limits, read_limits
from huikuan.gate.specification import Example, judge, read_examples

PACKS = Path(huikuan.packs.__file__).parent


def _limits(name: str) -> Limits:
    files = {path.name: path.read_text(encoding="utf-8") for path in (PACKS / name).glob("*.yaml")}
    limits, problems = read_limits(files, vocabulary.standard())
    assert limits is not None, "\n".join(str(problem) for problem in problems)
    return limits


LIMITS = {name: _limits(name) for name in ("limits_cn", "limits_b2b")}


def _examples() -> list[object]:
    found: list[object] = []
    for pack in LIMITS:
        for file in sorted((PACKS / pack / "tests").glob("*.yaml")):
            examples, problems = read_examples(file, vocabulary.standard())
            assert not problems, "\n".join(str(problem) for problem in problems)
            found += [
                pytest.param(pack, example, id=f"{pack}/{example.place} {example.name}")
                for example in examples
            ]
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(("pack", "example"), _examples())
def test_example(pack: str, example: Example) -> None:
    answer = judge(example, (LIMITS[pack],))
    said = [(s.code, s.strength, s.unknown) for s in answer.spoken]
    assert answer.allowed == example.allowed, said
    assert (answer.rule.code if answer.rule else "") == example.rule, said
    if example.warns is not None:
        assert [s.code for s in answer.warnings] == list(example.warns)
    if example.earliest is not None:
        assert answer.earliest_at == (None if example.earliest == "none" else example.earliest), (
            said
        )


@pytest.mark.django_db
@pytest.mark.parametrize(("pack", "example"), _examples())
def test_another_pack_never_allows_more(pack: str, example: Example) -> None:
    both = judge(example, tuple(LIMITS.values()))
    assert not both.allowed or judge(example, (LIMITS[pack],)).allowed


def test_every_gate_case_of_the_law_examples_is_repeated_here() -> None:
    """CN-3P-05 is about what is said, which scripts decide."""
    repeated = {
        example.law_case for _, example in (item.values for item in _examples()) if example.law_case
    }
    hours, calls = (
        [f"CN-HOURS-0{n}" for n in (3, 4, 5, 6)],
        [f"CN-FREQ-0{n}" for n in (4, 5, 6, 7, 8)],
    )
    third = [f"CN-3P-{n}" for n in ("02", "06", "07", "08", "10")]
    assert repeated == {*hours, *calls, *third, "CN-LETTER-01", "CN-VISIT-01"}
