"""Translation catalogues without any outside program: read .po, write .mo, find the sentences in the code."""

import ast
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ONE = {"_", "gettext", "gettext_lazy", "gettext_noop", "translate"}
PLURAL = {"ngettext", "ngettext_lazy"}
CONTEXT = {"pgettext", "pgettext_lazy"}
CONSTANTS = {"HELP"}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)[^{}]*\}|%[sd]")
QUOTED = re.compile(
    r"\b(p?gettext|ngettext|_)\(\s*((?:u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\")(?:\s*,\s*(?:u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\"))*)"
)

Key = tuple[str | None, str]  # context, English sentence


@dataclass
class Entry:
    """One sentence of a .po file."""

    line: int
    context: str | None = None
    sentence: str = ""
    plural: str | None = None
    translations: dict[int, str] = field(default_factory=dict)
    fuzzy: bool = False

    @property
    def key(self) -> Key:
        return (self.context, self.sentence)

    @property
    def complete(self) -> bool:
        return not self.fuzzy and bool(self.translations) and all(self.translations.values())


class CatalogueError(Exception):
    """A file that cannot be read: `path:line: why`."""


def read(path: Path) -> list[Entry]:
    """The entries of a .po file, the header (empty sentence) among them. Raises CatalogueError."""
    entries: list[Entry] = []
    entry: Entry | None = None
    target: str | int | None = None
    fuzzy = False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = line.strip()
        if text.startswith("#"):
            fuzzy = fuzzy or (text.startswith("#,") and "fuzzy" in text)
            continue
        match = re.fullmatch(
            r'(?:(msgctxt|msgid|msgid_plural|msgstr)(?:\[(\d+)\])?\s+)?("(?:[^"\\]|\\.)*")', text
        )
        if not text:
            continue
        if not match:
            raise CatalogueError(f"{path}:{number}: {text}")
        word, place, quoted = match.groups()
        value = ast.literal_eval(quoted)
        if word == "msgctxt" or (word == "msgid" and target != "msgctxt"):
            entry = Entry(number, fuzzy=fuzzy)
            entries.append(entry)
            fuzzy = False
        if entry is None:
            raise CatalogueError(f"{path}:{number}: {text}")
        if word:
            target = int(place or 0) if word == "msgstr" else word
        _add(entry, target, value)
    return entries


def _add(entry: Entry, target: str | int | None, value: str) -> None:
    if isinstance(target, int):
        entry.translations[target] = entry.translations.get(target, "") + value
    elif target == "msgctxt":
        entry.context = (entry.context or "") + value
    elif target == "msgid_plural":
        entry.plural = (entry.plural or "") + value
    else:
        entry.sentence += value


def compiled(entries: list[Entry]) -> bytes:
    """The .mo file of the complete entries, the same bytes for the same entries."""
    pairs = []
    for entry in entries:
        if not entry.complete:
            continue
        key = entry.sentence if entry.plural is None else f"{entry.sentence}\0{entry.plural}"
        key = key if entry.context is None else f"{entry.context}\x04{key}"
        value = "\0".join(text for _number, text in sorted(entry.translations.items()))
        pairs.append((key.encode(), value.encode()))
    pairs.sort()
    keys_at, values_at = 28, 28 + 8 * len(pairs)
    offset = values_at + 8 * len(pairs)
    tables: list[bytes] = []
    texts: list[bytes] = []
    for column in (0, 1):
        for pair in pairs:
            tables.append(struct.pack("<II", len(pair[column]), offset))
            texts.append(pair[column] + b"\0")
            offset += len(pair[column]) + 1
    head = struct.pack(
        "<7I", 0x950412DE, 0, len(pairs), keys_at, values_at, 0, values_at + 8 * len(pairs)
    )
    return head + b"".join(tables) + b"".join(texts)


@dataclass(frozen=True)
class Use:
    """A sentence in the code."""

    place: str
    key: Key


def uses(package: Path) -> Iterator[Use]:
    """Every sentence that the package marks for translation, in Python and in templates."""
    for path in sorted(package.rglob("*.py")):
        if not {"tests", "migrations"} & set(path.parts):
            yield from _in_python(path, package)
    for path in sorted(package.rglob("templates/**/*")):
        if path.suffix in (".html", ".txt", ".svg"):
            yield from _in_template(path, package)


def _in_python(path: Path, package: Path) -> Iterator[Use]:
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except SyntaxError as error:
        raise CatalogueError(f"{path}:{error.lineno}: {error.msg}") from error
    for node in ast.walk(tree):
        place = f"{path.relative_to(package)}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Call):
            name = (
                node.func.attr
                if isinstance(node.func, ast.Attribute)
                else getattr(node.func, "id", "")
            )
            words = [
                arg.value if isinstance(arg, ast.Constant) and isinstance(arg.value, str) else None
                for arg in node.args
            ]
            if name in ONE | PLURAL and words and words[0]:
                yield Use(place, (None, words[0]))
            elif name in CONTEXT and len(words) > 1 and words[1]:
                yield Use(place, (words[0], words[1]))
        elif (
            isinstance(node, ast.Assign)
            and any(
                isinstance(target, ast.Name) and target.id in CONSTANTS for target in node.targets
            )
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            yield Use(place, (None, node.value.value))


def _in_template(path: Path, package: Path) -> Iterator[Use]:
    from django.utils.translation.template import templatize

    text = path.read_text(encoding="utf-8")
    for match in QUOTED.finditer(templatize(text, origin=str(path))):
        words = ast.literal_eval(f"({match[2]},)")
        place = f"{path.relative_to(package)}:{text.count(chr(10), 0, text.find(words[0])) + 1}"
        yield Use(place, (words[0], words[1]) if match[1] == "pgettext" else (None, words[0]))


def problems(uses: list[Use], entries: list[Entry], path: Path) -> list[str]:
    """What is missing or wrong between code and catalogue, each with its place."""
    known = {entry.key: entry for entry in entries}
    lines = []
    for key, place in dict(reversed([(use.key, use.place) for use in uses])).items():
        entry = known.get(key)
        if entry is None or not entry.complete:
            lines.append(f"{place}: not translated: {key[1]!r}")
    for entry in entries:
        if entry.sentence and entry.complete and (lost := _lost(entry)):
            lines.append(
                f"{path}:{entry.line}: placeholders differ in {entry.sentence!r}: {', '.join(lost)}"
            )
    twice = (
        {key for key in known if sum(entry.key == key for entry in entries) > 1}
        if len(known) < len(entries)
        else set()
    )
    lines += [f"{path}:{known[key].line}: twice: {key[1]!r}" for key in sorted(twice, key=str)]
    return sorted(lines)


def _lost(entry: Entry) -> list[str]:
    """Placeholders that stand in only one of sentence and translation. A plural may leave its number out."""
    wanted = {match[0] for match in PLACEHOLDER.finditer(entry.plural or entry.sentence)}
    found = {
        match[0] for text in entry.translations.values() for match in PLACEHOLDER.finditer(text)
    }
    return sorted(wanted ^ found)


def merge(path: Path, sources: list[Path]) -> int:
    """Adds the entries of other .po files that the catalogue lacks, as text at its end; how many were added."""
    known = {entry.key for entry in read(path)}
    added = []
    for source in sources:
        for entry in read(source):
            if entry.sentence and entry.key not in known:
                known.add(entry.key)
                added.append(_text(entry))
    with path.open("a", encoding="utf-8") as file:
        file.writelines("\n" + text for text in added)
    return len(added)


def _text(entry: Entry) -> str:
    lines = [f"msgctxt {_quote(entry.context)}"] if entry.context is not None else []
    lines.append(f"msgid {_quote(entry.sentence)}")
    if entry.plural is None:
        lines.append(f"msgstr {_quote(entry.translations.get(0, ''))}")
    else:
        lines.append(f"msgid_plural {_quote(entry.plural)}")
        lines += [
            f"msgstr[{number}] {_quote(text)}"
            for number, text in sorted(entry.translations.items())
        ]
    return "\n".join(lines) + "\n"


def _quote(text: str) -> str:
    return (
        '"'
        + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
        + '"'
    )
