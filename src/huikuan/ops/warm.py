"""Makes a process of the web server ready before its first request: nobody waits for packs to be read.

Afterwards what was made until then is taken out of the garbage collector's sight. A full collection walked all of it, a hundred
milliseconds in the midst of some request; what a request leaves behind is collected as before, only less often.
"""

from __future__ import annotations

import gc
from contextlib import suppress
from importlib import import_module

from django.conf import settings
from django.db import Error, connection
from django.utils import timezone, translation

#: Objects made between two collections of the young ones: a page makes tens of thousands that die with it.
YOUNG = 20_000


def warm() -> None:
    """Never fails: what cannot be prepared now is prepared when it is asked for."""
    import_module(settings.ROOT_URLCONF)
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            translation.gettext("")
    with suppress(Error, ValueError):
        _packs()
    connection.close()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 20)


def _packs() -> None:
    """Reads the packs in force and the statements that the gate and, once a day was planned, the plan of a case will ask."""
    from huikuan.casebook import packs
    from huikuan.casebook.models import PackVersion
    from huikuan.gate.ask import question
    from huikuan.planning.compiled import plan_sql
    from huikuan.planning.plan import last_planned

    versions, planned = packs.in_force(timezone.localdate()), last_planned()
    rules = [version for version in versions if version.kind == PackVersion.Kind.LIMITS]
    if rules:
        question(tuple(version.pk for version in rules), False)
    for version in versions:
        if version.kind == PackVersion.Kind.PLAYBOOK:
            packs.words_of(version)
            packs.playbook_of(version)
            if planned:
                plan_sql(version, rules)
