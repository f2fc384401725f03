"""Every sentence of this room's verbs: code, message, remedy. Codes are permanent."""

from __future__ import annotations

from huikuan.lib.catalogue import Entry
from huikuan.lib.problems import gettext_noop as _
from huikuan.lib.sentences import speaker

MOST_TEXT = 300

CATALOGUE: dict[str, Entry] = {
    "penalty.breach": Entry(
        _("there is no such missed deadline among those you see"), _("look at the list again")
    ),
    "penalty.right": Entry(
        _("your role does not propose penalties"), _("ask a manager or quality supervision")
    ),
    "penalty.lifted": Entry(
        _("this missed deadline was lifted or is explained"), _("nothing is proposed for it")
    ),
    "penalty.none": Entry(
        _("the procedure has no penalty for this deadline"), _("nothing is proposed for it")
    ),
    "penalty.person": Entry(
        _("this person did not answer for the deadline"), _("choose somebody of its role")
    ),
    "penalty.self": Entry(_("nobody proposes a penalty for themselves"), _("somebody else does")),
    "penalty.kind": Entry(
        _("the procedure has another penalty for this deadline"),
        _("choose the one that it names, or compensation for a proved loss"),
    ),
    "penalty.reason": Entry(_("a reason is needed"), _("write what was missed and why it counts")),
    "penalty.evidence": Entry(_("evidence is needed"), _("name what shows it")),
    "penalty.long": Entry(_("more than {most} characters"), _("write it shorter")),
    "penalty.before": Entry(
        _("a penalty of this person for it was proposed before; nothing was changed"), "", "warning"
    ),
    "penalty.wage_unknown": Entry(
        _("wage and local minimum wage must be known"),
        _("without them no deduction is proposed; choose points, training or a warning"),
    ),
    "penalty.loss": Entry(
        _("a deduction compensates a proved loss; none is given"),
        _("enter the loss that the worker caused, with its evidence"),
    ),
    "penalty.clause": Entry(
        _("the contract must say so"), _("name the clause of the labour contract")
    ),
    "penalty.above_loss": Entry(_("it is more than the loss"), _("lower it to {most}")),
    "penalty.above_share": Entry(
        _("all deductions of the month are more than {share} per cent of its wage"),
        _("lower it to {most}"),
    ),
    "penalty.below_minimum": Entry(
        _("what remains is below the local minimum wage"), _("lower it to {most}")
    ),
    "penalty.no_amount": Entry(_("the amount is needed"), _("enter it")),
    "penalty.unknown": Entry(
        _("there is no such penalty among those you see"), _("look at the list again")
    ),
    "penalty.not_named": Entry(
        _("only whoever is named appeals"), _("whoever decides hears you otherwise")
    ),
    "penalty.over": Entry(_("this was decided; nothing was changed"), "", "warning"),
    "penalty.appealed": Entry(_("an appeal stands already; nothing was changed"), "", "warning"),
    "penalty.appeal_text": Entry(_("the appeal is empty"), _("write why it is not right")),
    "penalty.decide_right": Entry(_("your role does not decide penalties"), _("ask a manager")),
    "penalty.decide_own": Entry(
        _("you proposed it or are named in it"), _("somebody else decides")
    ),
    "penalty.decide_again": Entry(
        _("you decided it before; an appeal is heard by somebody else"),
        _("another manager decides"),
    ),
    "penalty.appeal_open": Entry(
        _("whoever is named may appeal until {moment}"), _("decide afterwards")
    ),
    "penalty.decide_reason": Entry(
        _("a reason is needed"), _("answer the appeal, or say why it is dropped")
    ),
}

problem = speaker(CATALOGUE)
