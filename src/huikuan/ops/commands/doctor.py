"""Say what is wrong with this installation and how to repair it."""

import argparse
import json

HELP = "examine the installation; each fault names its repair"
NEEDS_DATABASE = False  # it starts the database itself, to be able to say what is wrong with it


def arguments(parser: argparse.ArgumentParser) -> None:
    """Output for a program."""
    from huikuan.ops.words import gettext as _

    parser.add_argument("--json", action="store_true", help=_("for a program"))
    parser.add_argument(
        "--facts", action="store_true", help=_("compare every stored fact with the raw history")
    )
    parser.add_argument(
        "--rebuild-facts",
        action="store_true",
        help=_("make the stored facts anew from the raw history"),
    )


def run(args: argparse.Namespace) -> int:
    """0 when nothing failed (warnings included), else 1."""
    from huikuan.ops import doctor
    from huikuan.ops.words import gettext as _

    words = {"ok": _("well"), "warn": _("warning"), "fail": _("FAULT")}
    findings = []
    if args.rebuild_facts:
        doctor.rebuild_facts()
    for finding in doctor.examine(facts=args.facts or args.rebuild_facts):
        findings.append(finding)
        if not args.json:
            print(f"{words[finding.verdict]:<8} {finding.check:<11} {finding.text}", flush=True)
            if finding.verdict != "ok" and finding.repair:
                print(" " * 21 + "→ " + finding.repair)
    healthy = all(finding.verdict != "fail" for finding in findings)
    if args.json:
        print(
            json.dumps(
                {"ok": healthy, "checks": [finding.as_dict() for finding in findings]},
                ensure_ascii=False,
            )
        )
    return 0 if healthy else 1
