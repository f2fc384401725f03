"""What a page shows: figures read from its HTML, as a reader's eye finds them.

An element with `data-figure` shows a figure. Whose it is says the nearest `data-of` around it;
without one it is the user's own.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from html.parser import HTMLParser

#: Elements that have no end tag.
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
#: Whose figure, and which.
Key = tuple[str, str]


@dataclass
class Element:
    """An element that is open while the page is read."""

    tag: str
    whose: str
    figure: str
    texts: list[str] = field(default_factory=list)


class Page(HTMLParser):
    """`figures`: what the page shows of each; amounts of several currencies one after another."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[Element] = []
        self.found: dict[Key, list[str]] = defaultdict(list)
        self.feed(html)

    @property
    def figures(self) -> dict[Key, str]:
        return {key: " ".join(texts) for key, texts in self.found.items()}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        given = dict(attrs)
        around = ""
        if self.open:
            around = self.open[-1].whose
        whose = given.get("data-of") or around
        self.open.append(Element(tag, whose, given.get("data-figure") or ""))

    def handle_endtag(self, tag: str) -> None:
        # Of SVG some elements close themselves: what stands above the one that ends is closed too.
        while self.open:
            closed = self.open.pop()
            if closed.figure:
                text = " ".join("".join(closed.texts).split())
                self.found[closed.whose, closed.figure].append(text)
            if closed.tag == tag:
                return

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element without content shows nothing."""

    def handle_data(self, data: str) -> None:
        for element in self.open:
            if element.figure:
                element.texts.append(data)
