"""Keep the Chinese catalogue complete and compile it."""

import argparse
from pathlib import Path

HELP = "check and compile the translations"
NEEDS_DATABASE = False
NEEDS_DJANGO = True  # templates are read with Django's own reader

LOCALE = Path(__file__).resolve().parents[2] / "locale"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Check only, or take entries from other files in first."""
    from huikuan.ops.words import gettext as _

    parser.add_argument(
        "--check",
        action="store_true",
        help=_("write nothing; fail when something is missing or not compiled"),
    )
    parser.add_argument(
        "--add",
        nargs="+",
        type=Path,
        default=[],
        metavar="FILE.po",
        help=_("take in the entries of these files first"),
    )


def run(args: argparse.Namespace) -> int:
    """0 when every sentence of the code has a Chinese translation and the compiled file is up to date."""
    from huikuan.ops import catalogue
    from huikuan.ops.cli import CommandError
    from huikuan.ops.words import gettext as _

    source = LOCALE / "zh_Hans" / "LC_MESSAGES" / "django.po"
    try:
        if args.add and not args.check:
            print(_("{n} entries added").format(n=catalogue.merge(source, args.add)))
        entries = catalogue.read(source)
        used = list(catalogue.uses(LOCALE.parent))
    except (catalogue.CatalogueError, OSError) as error:
        raise CommandError(str(error)) from error
    lines = catalogue.problems(used, entries, source)
    binary, target = catalogue.compiled(entries), source.with_suffix(".mo")
    if not args.check:
        target.write_bytes(binary)
    elif not target.exists() or target.read_bytes() != binary:
        lines.append(_("{path} is not up to date: run `huikuan messages`").format(path=target))
    for line in lines:
        print(line)
    print(_("{n} entries, {wrong} problems").format(n=len(entries) - 1, wrong=len(lines)))
    return 1 if lines else 0
