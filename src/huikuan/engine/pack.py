"""What pack.yaml says of any pack."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from huikuan.engine.texts import Text, both_languages, one_or_both
from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem


@dataclass(frozen=True)
class Pack:
    """What pack.yaml says of any pack."""

    name: str
    kind: str
    version: str
    title: Text
    source: Text
    effective_from: dt.date
    lawful_form: Text
    files: Mapping[str, str]

    @property
    def hash(self) -> str:
        """SHA-256 over all files, so that any change is another version."""
        return hash_of(self.files)


def hash_of(files: Mapping[str, str]) -> str:
    """What identifies the texts of a pack, as a version keeps it."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{files[name]}\0".encode())
    return digest.hexdigest()


def read_pack(files: Mapping[str, str], problems: list[Problem]) -> Pack | None:
    """pack.yaml of a pack given as file name → text. None when it cannot be read."""
    root, found = yamlfile.load(files.get("pack.yaml", ""), "pack.yaml")
    problems += found
    keys = ("pack", "kind", "version", "title", "source", "effective_from")
    if root is None or not yamlfile.check_keys(root, keys, ("lawful_form", "procedure"), problems):
        return None

    node = yamlfile.as_mapping(root, problems)
    assert node is not None
    name = yamlfile.as_text(node["pack"], problems)
    version = yamlfile.as_text(node["version"], problems)
    kind = yamlfile.as_choice(node["kind"], ("playbook", "limits"), problems)
    source = one_or_both(node["source"], problems)
    effective = yamlfile.as_date(node["effective_from"], problems)
    title = both_languages(node["title"], problems)
    lawful = both_languages(node.get("lawful_form"), problems)

    if not (name and version and kind and source.get("zh") and effective):
        return None
    return Pack(name, kind, version, title, source, effective, lawful, dict(files))
