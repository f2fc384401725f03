from pathlib import Path

from huikuan.engine.vocabulary import standard
from huikuan.engine.vocabulary_page import updated

PAGE = Path(__file__).parents[4] / "docs" / "packs.md"


def test_the_page_shows_this_vocabulary() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert updated(text, standard()) == text, (
        "run: python -m huikuan.engine.vocabulary_page docs/packs.md"
    )


def test_every_fact_has_its_words() -> None:
    for fact in standard():
        assert fact.zh and fact.en and fact.meaning and fact.source, fact.name
