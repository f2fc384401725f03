"""What is wrong, beside the field that it is about."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _

from huikuan.lib.problems import Problem


def tell(form: forms.Form, problems: tuple[Problem, ...]) -> bool:
    """Puts each problem beside its field, else above the form. True when there is one."""
    for one in problems:
        text = one.text(_)
        if remedy := one.remedy_text(_):
            text = f"{text}; {remedy}"

        field = None
        if str(one.column) in form.fields:
            field = str(one.column)
        form.add_error(field, text)
    return bool(problems)
