"""Every sentence of this room: code, message, remedy. Codes are permanent."""

from __future__ import annotations

from huikuan.lib.catalogue import Entry
from huikuan.lib.problems import gettext_noop as _
from huikuan.lib.sentences import speaker

CATALOGUE: dict[str, Entry] = {
    "approval.unknown": Entry(
        _("there is no such request among those you may see"), _("look at the list again")
    ),
    "approval.role": Entry(
        _("your role does not decide this kind of request"), _("leave it to those who may decide")
    ),
    "approval.own": Entry(
        _("you asked for this yourself, so somebody else decides it"),
        _("ask a colleague who may decide"),
    ),
    "approval.answered": Entry(
        _("you have answered this already; the next one decides"),
        _("leave it to whoever it waits for now"),
    ),
    "approval.other": Entry(
        _("somebody else asked for this"), _("leave it to whoever asked, or refuse it")
    ),
    "approval.reason": Entry(
        _("it is not said why the request is refused"), _("give the reason in a few words")
    ),
    "done.role": Entry(
        _("this task belongs to another role: {role}"),
        _("leave it to that role or ask your team lead"),
    ),
    "done.approval": Entry(
        _("{step} needs approval first: {role}"),
        _("ask for it on the case page, and say why"),
    ),
    "done.approval_waiting": Entry(
        _("the approval of {step} is asked for and not yet decided: {role}"),
        _("wait for the decision, or ask the one who decides"),
    ),
    "done.approval_refused": Entry(
        _("the approval of {step} was refused: {reason}"),
        _("ask again when the reason is gone, or leave the step"),
    ),
    "done.approval_taken_back": Entry(
        _("the approval of {step} was taken back: {reason}"),
        _("ask again when something is new, or leave the step"),
    ),
    "done.approval_own": Entry(
        _("you approved {step} yourself, so somebody else does it"),
        _("leave it to a colleague of the role {role}"),
    ),
    "done.name_task": Entry(
        _("{step} was approved for its task, and the contact does not name it"),
        _("tick the task that this contact covers"),
    ),
    "done.maker": Entry(
        _("{step} checks what you recorded yourself"), _("somebody else of that role does it")
    ),
    "done.before_task": Entry(
        _("{step} is asked for from {day} on, so it was not done before"),
        _("enter the day on which it was done"),
    ),
    "done.before_grant": Entry(
        _("{step} was approved on {day}, so it was not done before"),
        _("enter the day on which it was done"),
    ),
    "event.of_its_own": Entry(
        _("this event is not entered by itself: its step has a page of its own"),
        _("open the task: there everybody is told who must hear of it"),
    ),
    "done.unplanned": Entry(
        _("the procedure has this done with approval only, and no task asks for it now: {role}"),
        _("wait for the task; what took place all the same is recorded with its reason"),
    ),
    "approval.not_needed": Entry(
        _("this step needs no approval"), _("do it, or leave it"), "warning"
    ),
    "approval.no_task": Entry(
        _("there is no such task among those you may see"), _("look at the case again")
    ),
    "approval.closed_task": Entry(
        _("this task is {status}, so there is nothing to approve"), _("look at the case again")
    ),
    "approval.over": Entry(
        _("the task has ended or was opened anew since this was asked for"),
        _("refuse it; who needs it asks again"),
    ),
    "approval.no_reason": Entry(
        _("it is not said why the step is asked for"), _("give the reason in a few words")
    ),
    "approval.standing": Entry(
        _("this was asked for before: {status}; nothing was changed"), "", "warning"
    ),
    "approval.nothing_new": Entry(
        _("{by} refused this on {day} ({reason}), and nothing is new since"),
        _("ask again when something has happened on the case, or ask for less"),
    ),
    "approval.nothing_new_since_grant": Entry(
        _("{by} took the grant back on {day} ({reason}), and nothing is new since"),
        _("ask again when something has happened on the case"),
    ),
    "approval.same_reason": Entry(
        _("this was refused before, and no new reason is given"), _("say what is new")
    ),
    "approval.not_granted": Entry(
        _("only a grant is taken back, and this request is: {status}"),
        _("look at the list again"),
    ),
    "approval.not_yours_to_take": Entry(
        _("the grant is taken back by whoever gave it, or by somebody above"),
        _("ask them, and say why"),
    ),
    "approval.used": Entry(
        _("it was done already, so the grant cannot be taken back"),
        _("take back what was done: a payment is reversed, a hold is ended, a contact stays"),
    ),
    "approval.take_back_reason": Entry(
        _("it is not said why the grant is taken back"), _("give the reason in a few words")
    ),
    "approval.decided": Entry(
        _("this was decided before: {status}; nothing was changed"), "", "warning"
    ),
}

problem = speaker(CATALOGUE)
