"""Writes the table of docs/figures.md anew, after a definition has changed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "figures.md"


def main() -> None:
    """The definitions are read only when Django is set up, so they are imported here."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huikuan.ops.settings")
    django.setup()
    from tests import figures_page

    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(figures_page.page(text), encoding="utf-8")


if __name__ == "__main__":
    main()
