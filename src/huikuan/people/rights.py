"""Rights: the closed list of what the program asks before it opens a door.

A right is a word of code, a role is a row: houses make roles of their own from these words.
Which cases a role sees is not a right but its wall.
"""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Right(TextChoices):
    """What a role may do with the cases that its wall shows; `huikuan role rights` prints them."""

    # The work on a case
    WRITE = "write", _("change anything at all: notes, tasks done, requests")
    ACKNOWLEDGE_EVENTS = (
        "acknowledge_events",
        _("say that another system, such as the order system, has an event"),
    )
    RECORD_CONTACTS = "record_contacts", _("call, record contacts and promises")
    REVEAL = "reveal", _("unmask a number or a name, with a reason")
    HOLD_CASES = "hold_cases", _("be allotted cases and have targets")
    OWN_TASKS = "own_tasks", _("begin the day with the tasks of the own roles")
    WALK_LIST = "walk_list", _("go through the list case by case")

    # What happened to a case and people enter
    ENTER_TOLD = "enter_told", _("enter that the debtor was told")
    ASK_VISITS = "ask_visits", _("enter that a visit is asked for")
    KEEP_CASES = "keep_cases", _("keep a case longer")
    CLOSE_CASES = "close_cases", _("end a case")
    AGREE_MEASURES = "agree_measures", _("agree to a delivery lock and to legal steps")
    WORK_STATEMENTS = "work_statements", _("enter what became of a statement")
    SEND_INVOICES = "send_invoices", _("enter that an invoice was sent")
    ENTER_RECEIPTS = "enter_receipts", _("enter that the receipts are in")

    HANDLE_COMPLAINTS = "handle_complaints", _("receive, own and decide complaints")

    # Decisions for others
    WORK_LOOK_UPS = "work_look_ups", _("submit, confirm and answer look-ups")
    PROPOSE_PENALTIES = "propose_penalties", _("propose a penalty for a missed deadline")
    DECIDE_PENALTIES = "decide_penalties", _("decide penalties and appeals that others brought")
    NAME_HANDLERS = "name_handlers", _("name who handles a batch in a special case")
    ALLOCATE = "allocate", _("allot, move and give back cases")
    SET_TARGETS = "set_targets", _("set targets")
    DECIDE_HOLDS = "decide_holds", _("set, end and decide holds")
    DECIDE_MONEY = "decide_money", _("decide payments that others entered by hand, and reversals")
    HEAR_OF_CASES = "hear_of_cases", _("be told of new cases and of missed deadlines")
    WATCH_CLOCKS = "watch_clocks", _("see the deadlines of every role")
    LIFT_BREACHES = "lift_breaches", _("decide that a missed deadline was none")
    WATCH_BOARD = "watch_board", _("see today's board")
    SEE_REVEALS = "see_reveals", _("see who unmasked what")
    PLAN = "plan", _("plan the day")
    SIGN_PACKS = "sign_packs", _("sign procedures and rules")

    # Files and money
    SEE_IMPORTS = "see_imports", _("see placements and their problems")
    IMPORT = "import", _("take in placements")
    SEE_MONEY = "see_money", _("see payment files")
    POST_MONEY = "post_money", _("post and take back payments")
    ASK_CORRECTIONS = "ask_corrections", _("ask for credit notes, waivers and corrections")

    # The house
    SET_UP_HOUSE = "set_up_house", _("set up the house and its creditors")
    MANAGE_USERS = "manage_users", _("add, change and end users, teams and roles")


#: Rights that only look. Every other right changes something, and is none without WRITE.
LOOKING = frozenset(
    {
        Right.WATCH_CLOCKS,
        Right.WATCH_BOARD,
        Right.SEE_REVEALS,
        Right.SEE_IMPORTS,
        Right.SEE_MONEY,
    }
)


class Wall(TextChoices):
    """Which cases a role shows. Somebody of several roles sees what any of them shows."""

    OWN = "own", _("cases that the user holds")
    TEAM = "team", _("cases of the user's team, and those that nobody holds")
    CREDITOR = "creditor", _("cases of the user's creditor, looked at from outside")
    HOUSE = "house", _("every case of the house")
