"""huikuan demo --cases N"""

import argparse

HELP = "load the demo: an invented agency with two weeks of work, into an empty book"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--cases", type=int, default=2000, metavar="N")


def run(args: argparse.Namespace) -> int:
    from django.utils.translation import gettext as _

    from huikuan.ops.cli import CommandError
    from huikuan.ops.demo import PASSWORD, ensure_demo, users

    if not 50 <= args.cases <= 3000:
        raise CommandError(_("the demo has numbers for 50 to 3000 cases; choose one of these"))
    if not ensure_demo(args.cases):
        raise CommandError(
            _(
                "the book is not empty, so the demo was not loaded; name an empty folder in HUIKUAN_HOME"
            )
        )
    print(_("The demo is loaded. Password of everybody: {password}").format(password=PASSWORD))
    for user in users():
        print(f"  {user['username']:<12} {user['name']}  {user['role']}  {user['place']}")
    return 0
