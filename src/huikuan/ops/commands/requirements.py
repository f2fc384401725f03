"""huikuan requirements [ID …]"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from huikuan.ops.procedures import Met

HELP = "show where each demand of the procedures is met, and which cases show it"
NEEDS_DATABASE = False
NEEDS_DJANGO = True  # pages are found by their names

PAGE = Path("docs") / "procedures.md"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Print some demands, or keep the page of all of them."""
    from huikuan.ops.words import gettext as _

    parser.add_argument("ids", nargs="*", metavar="ID", help=_("id of a demand, such as P1.3.1"))
    parser.add_argument(
        "--write", action="store_true", help=_("write the page of all demands anew")
    )
    parser.add_argument(
        "--check", action="store_true", help=_("write nothing; fail when the page is out of date")
    )
    parser.add_argument(
        "--page", type=Path, default=PAGE, metavar="FILE", help=_("the page (docs/procedures.md)")
    )


def run(args: argparse.Namespace) -> int:
    """1 when a demand has no place, a place or rule does not exist, or the page is out of date."""
    from huikuan.engine.requirements import shipped
    from huikuan.ops import procedures
    from huikuan.ops.words import gettext as _

    met, lines = procedures.collect()
    lines += [_("{id} has no place").format(id=code) for code in procedures.without_a_place(met)]
    lines += [
        _("{row}: no contact rule of that id, and no law").format(row=row)
        for row in procedures.dropped_by_nothing(shipped().values())
    ]
    if args.write or args.check:
        lines += _keep(args.page, met, write=args.write)
    for code in args.ids:
        _show(code, met)

    for line in lines:
        print(line)
    places = sum(bool(one.places) for one in met.values())
    print(_("{n} demands, {placed} with a place").format(n=len(shipped()), placed=places))
    return 1 if lines else 0


def _keep(page: Path, met: "dict[str, Met]", *, write: bool) -> list[str]:
    """Writes the page, or says that it is out of date."""
    from huikuan.ops import procedures
    from huikuan.ops.cli import CommandError
    from huikuan.ops.words import gettext as _

    try:
        text = page.read_text(encoding="utf-8")
        made = procedures.updated(text, met)
    except (OSError, ValueError) as error:
        raise CommandError(f"{page}: {error}") from error

    if write:
        page.write_text(made, encoding="utf-8")
        return []
    if made == text:
        return []
    message = _("{path} is not up to date: run `huikuan requirements --write`")
    return [message.format(path=page)]


def _show(code: str, met: "dict[str, Met]") -> None:
    """Prints one demand. CommandError when there is none with this id."""
    from huikuan.engine.requirements import shipped
    from huikuan.lib.problems import did_you_mean
    from huikuan.ops import procedures
    from huikuan.ops.cli import CommandError
    from huikuan.ops.words import gettext as _

    row = shipped().get(code)
    if row is None:
        near = did_you_mean(code, shipped())
        text = _("there is no demand {id}")
        if near:
            text = _("there is no demand {id}; did you mean {near}?")
        raise CommandError(text.format(id=code, near=near))
    print("\n".join(procedures.entry(row, met.get(code, procedures.Met()))))
