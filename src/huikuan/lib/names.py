"""Sorting and masking names. Sort keys are columns: the database has no collation for pinyin.

A person's surname is read by our own table (单 is shan, 仇 is qiu: general tables give the everyday reading); given
names character by character, because a given name is no word. Companies are read by phrases (重庆银行: chong qing yin
hang). ü is written v, as typed.
"""

from __future__ import annotations

import csv
import functools
import re
import unicodedata
from importlib import resources
from typing import Any

#: Stands for a character that no table can read; sorts behind every letter.
UNREADABLE = "~"
_COMPANY = re.compile(
    r"(公司|集团|银行|支行|分行|信用社|合作社|商行|商店|超市|经营部|门市部|工作室|事务所|中心|协会|学校|学院|大学|医院|酒店|饭店|宾馆|委员会|"
    r"管理处|研究院|研究所|设计院|政府|加工厂|Ltd\.?|LLC|Inc\.?|Corp\.?|GmbH|Limited|(?<=.{4})[厂店局站场部室坊行])[)）]?$",
    re.IGNORECASE,
)
_LATIN = re.compile(r"[0-9A-Za-z\u00c0-\u024f]+")
#: A Latin word, one other letter, or a private-use character (a name that only the sender's font can show).
_TOKENS = re.compile(rf"{_LATIN.pattern}|[^\W_]|[\ue000-\uf8ff]")


def is_company(name: str) -> bool:
    """By its last word; names of up to three characters are people's (刘行, 王场)."""
    return len(name) > 3 and _COMPANY.search(name.strip()) is not None


def sort_key(name: str) -> str:
    """Full pinyin, a blank between syllables: 单雄信 → "shan xiong xin"."""
    return " ".join(reading(name))


def initials(name: str) -> str:
    """First letters in capitals, for the search box: 单雄信 → "SXX"."""
    return "".join(syllable[0] for syllable in reading(name)).upper()


def title_initials(title: str) -> str:
    """First letters of a title, read as words and not as a name: 还款管理 → "HKGL", End of the day → "EOTD"."""
    plain = unicodedata.normalize("NFKC", title).strip()
    return "".join(word[0] for syllable in _phrase(plain) for word in syllable.split()).upper()


def reading(name: str) -> list[str]:
    """The syllables of a name. Latin words stay whole, in small letters; punctuation is dropped."""
    plain = name if name.isalpha() else unicodedata.normalize("NFKC", name).strip()
    if len(plain) > 3 and is_company(plain):
        return list(_phrase(plain))
    surname, given = split_surname(plain)
    found = _surnames().get(surname)
    if found is None:
        return _characters(plain)
    return [*found, *_characters(given)]


def split_surname(name: str) -> tuple[str, str]:
    """Surname and given name of a Chinese name; a surname of two characters only where a given name is left."""
    if len(name) > 2 and name[:2] in _surnames():
        return name[:2], name[2:]
    return name[:1], name[1:]


def mask_name(name: str) -> str:
    """For lists: 王小明 → 王**, 欧阳修 → 欧阳*, 买买提·吐尔逊 → 买**·***, John Smith → J*** S****. Companies are not
    masked.
    """
    plain = name.strip()
    if is_company(plain):
        return plain
    if "·" not in plain and not plain.isascii():
        surname, given = split_surname(plain)
        return surname + "*" * len(given) if given else "*"
    first, *others = re.split(r"([·\s]+)", plain)
    masked = [first[:1] + "*" * (len(first) - 1)]
    for part in others:
        if re.fullmatch(r"[·\s]+", part):
            masked.append(part)
        else:
            masked.append(part[:1] + "*" * (len(part) - 1) if plain.isascii() else "*" * len(part))
    return "".join(masked) if len(plain) > 1 else "*"


def listed_name(name: str, kind: str) -> str:
    """As lists and sheets show a debtor of this kind (person or company)."""
    return name if kind == "company" else mask_name(name)


@functools.cache
def _surnames() -> dict[str, tuple[str, ...]]:
    text = resources.files("huikuan.lib").joinpath("data", "surnames.csv").read_text("utf-8")
    return {
        row["surname"]: tuple(row["reading"].split()) for row in csv.DictReader(text.splitlines())
    }


def _characters(text: str) -> list[str]:
    known = _KNOWN
    try:
        return [known[character] for character in text]
    except KeyError:
        return [_KNOWN.get(token) or _character(token) for token in _TOKENS.findall(text)]


#: Readings met so far: a million names hold some thousand characters.
_KNOWN: dict[str, str] = {}


def _latin(word: str) -> str:
    """Small letters without accents."""
    return "".join(
        part
        for part in unicodedata.normalize("NFKD", word.lower())
        if not unicodedata.combining(part)
    )


def _character(token: str) -> str:
    """One character or one Latin word; remembered when it is a single Chinese character."""
    if _LATIN.fullmatch(token):
        return _latin(token)
    from pypinyin import Style, pinyin  # 0.1 s and 20 MB: only when a name is read

    found = pinyin(token, style=Style.NORMAL, errors="ignore", v_to_u=False)
    syllable = found[0][0] if found else UNREADABLE
    if len(token) == 1:
        _KNOWN[token] = syllable
    return syllable


@functools.lru_cache(maxsize=200_000)
def _phrase(name: str) -> tuple[str, ...]:
    from pypinyin import lazy_pinyin

    def unread(text: str) -> Any:  # pypinyin takes a list, its annotation says str
        return [
            _latin(token) if _LATIN.fullmatch(token) else UNREADABLE
            for token in _TOKENS.findall(text)
        ] or [""]

    return tuple(syllable for syllable in lazy_pinyin(name, errors=unread) if syllable)
