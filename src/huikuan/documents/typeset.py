"""Makes a PDF from a form (a typst file of this package) and data, which are never markup."""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from huikuan.documents.sentences import problem
from huikuan.lib.sentences import Refusal

HERE = Path(__file__).parent
FORMS = HERE / "forms"
FONTS = HERE / "fonts"
#: The one type of every document: 30,890 signs, among them the rare ones of names.
TYPE = FONTS / "NotoSansSC-Regular.otf"


def pdf(form: str, data: Mapping[str, Any], *, made_at: dt.datetime, tagged: bool = True) -> bytes:
    """The PDF of the form with these data. The same data at the same moment give the same bytes.

    Without `tagged` it has no structure for screen readers, which of thousands of rows is nearly
    the whole file.

    Raises Refusal (statement.glyphs) when the type lacks a sign: a box in a name is a wrong name,
    and the typesetter prints one without a word.
    """
    import typst  # 80 MB of native code: only whoever makes a document loads it

    missing = missing_signs(data)
    if missing:
        raise Refusal(problem("statement.glyphs", signs=" ".join(sorted(missing))))

    # One fonts folder and no system fonts: the page looks the same on every machine.
    made = typst.compile(
        FORMS / form,
        root=FORMS,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=made_at.astimezone(dt.UTC).replace(microsecond=0),  # it takes whole seconds
        pdf_tags=tagged,
    )
    assert isinstance(made, bytes)  # a list only of pictures
    return made


def missing_signs(data: object) -> set[str]:
    """The letters and signs of all texts in the data that the type cannot print."""
    letters = set()
    for text in _texts(data):
        letters |= set(text)
    return {letter for letter in letters if ord(letter) not in _printable()}


def _texts(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for value in data.values():
            yield from _texts(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _texts(value)


@functools.cache
def _printable() -> frozenset[int]:
    from fontTools.ttLib import TTFont  # read once, and only where a document is made

    with TTFont(TYPE, lazy=True) as font:
        return frozenset(font.getBestCmap() or {})
