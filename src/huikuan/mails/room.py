"""Mails to the debtor open from a case and from the tasks that ask for one."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from huikuan.casebook.models import Task
from huikuan.contacts.leaving import hindrance
from huikuan.engine.playbook import Step
from huikuan.web.room import Room, StepPage

CHANNEL = "email"


def _is_mail(step: Step) -> bool:
    return step.action == CHANNEL and step.addressee == "debtor"


def _mail_page(number: str, task: Task) -> str:
    return reverse("mails:mail", args=[number])


ROOM = Room(
    addresses="mails/",
    leaving=(hindrance,),
    step_pages=(
        StepPage(
            takes=_is_mail,
            address=_mail_page,
            label=pgettext_lazy("verb", "Mail"),
            hint=_("Write a mail"),
            icon="mail",
        ),
    ),
)
