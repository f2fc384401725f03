"""SQL texts of steps that this process has compiled, by all that they are made of.

A new version of a procedure mostly changes one step of forty, and compiling them all takes
seconds. The text of a step follows from the step, from what it names of its pack (terms, other
steps, through each other), from the facts that there are, and from the rules that judge it. All of
it is written out in the key, so that two steps share a text only where nothing of it differs.
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace

from huikuan.engine.playbook import Playbook, Step
from huikuan.engine.subjects import STANDARD

#: So many texts of about ten kilobytes are kept; the one that was asked for longest ago goes.
KEPT = 1_000
_NAME = re.compile(r"\w+")
_texts: OrderedDict[str, str] = OrderedDict()


class StepTexts:
    """The texts of the steps of one procedure, in one dialect, judged by one set of rules."""

    def __init__(self, playbook: Playbook, judged_by: Sequence[str], dialect: str) -> None:
        """`judged_by`: hashes of the rules by which the texts judge."""
        words = playbook.vocabulary
        given = sorted(words.given)
        self._is_standard = words.subjects is STANDARD
        self._named: dict[str, str] = {}
        for name, meaning in words.terms.items():
            self._named[name] = repr((words.get(name), meaning))
        for name, subject in words.steps.items():
            of_step = repr((subject, words.done_as(name)))
            self._named[name] = self._named.get(name, "") + of_step

        facts = [fact for fact in words if fact.name not in words.terms]
        own = (playbook.pack.name, words.pack, given, tuple(judged_by), dialect)
        self._shared = repr((own, facts))

    def text(self, step: Step, compile: Callable[[Step], str]) -> str:
        """The text of the step; compiled where no equal step was."""
        if not self._is_standard:
            # Other subjects have no names by which the key could tell them apart.
            return compile(step)

        key = self._key(step)
        text = _texts.pop(key, None) or compile(step)
        # Last again: the first is the one that was asked for longest ago.
        _texts[key] = text
        if len(_texts) > KEPT:
            _texts.popitem(last=False)
        return text

    def _key(self, step: Step) -> str:
        """The hash of everything that the text of the step is made of."""
        # Where it stands in the file changes with every line that is written above it.
        own = repr(replace(step, line=0))
        reached: dict[str, str] = {}
        waiting = [own]
        while waiting:
            for name in _NAME.findall(waiting.pop()):
                if name in self._named and name not in reached:
                    reached[name] = self._named[name]
                    waiting.append(self._named[name])

        whole = repr((self._shared, own, sorted(reached.items())))
        return hashlib.sha256(whole.encode()).hexdigest()
