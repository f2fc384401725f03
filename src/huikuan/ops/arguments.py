"""Arguments that several commands share."""
import argparse
import datetime as dt


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def day_argument(parser: argparse.ArgumentParser) -> None:
    """--on D, the local day; today when absent. Only the doors read the clock."""
    parser.add_argument("--on", type=day, default=None, metavar="YYYY-MM-DD", action=_Today)


class _Today(argparse.Action):
    """argparse gives the default as it is; today must be asked for when the command starts, not when it is imported."""

    def __init__(self, **options: object) -> None:
        options["default"] = dt.date.today()
        super().__init__(**options)  # type: ignore[arg-type]

    def __call__(self, parser, namespace, values, option_string=None):  # type: ignore[no-untyped-def]  # noqa: ANN
        setattr(namespace, self.dest, values)


def organisation_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--organisation", metavar="CODE", default=None)
