"""Guards of a playbook: conditions that hold for many steps at once.

always: every step about a case or something of it; dunning: those that ask for payment. Of another
subject: <subject> for its steps, <subject>_dunning for those that ask for payment.
"""

from __future__ import annotations

from huikuan.engine.vocabulary import Vocabulary
from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem


def read_guards(
    node: yamlfile.Node | None, vocabulary: Vocabulary, problems: list[Problem]
) -> dict[str, yamlfile.Scalar]:
    """The guards of a playbook by name; their conditions are read with each step."""
    others = [name for name in vocabulary.subjects.names() if name != "case"]
    known = ("always", "dunning", *others, *(f"{name}_dunning" for name in others))
    mapping = yamlfile.known_part(node, (), known, problems)
    if mapping is None:
        return {}
    return {name: value for name, value in mapping.items() if isinstance(value, yamlfile.Scalar)}


def guards_of(per: str, dunning: bool, vocabulary: Vocabulary) -> list[str]:
    """Names of the guards of a step: those of the case, where it has one, then of its subject."""
    lineage = [subject.name for subject in reversed(vocabulary.subjects.lineage(per))]
    own = [name for name in lineage if name != "case"]
    is_of_case = "case" in lineage

    wanted = ["always"] if is_of_case else []
    wanted += own
    if not dunning:
        return wanted

    if is_of_case:
        wanted.append("dunning")
    return [*wanted, *(f"{name}_dunning" for name in own)]
