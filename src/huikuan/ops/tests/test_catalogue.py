"""Catalogues are read, checked and compiled without an outside program."""

import gettext
import io

import pytest

from huikuan.ops import catalogue

PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

#: web
msgid "case"
msgstr "案件"

msgctxt "verb"
msgid "place"
msgstr "委托"

msgid "{n} case"
msgid_plural "{n} cases"
msgstr[0] "{n} 件"

#, fuzzy
msgid "half done"
msgstr "半"

msgid "two "
"lines\\n"
msgstr "两"
"行\\n"
"""


@pytest.fixture
def entries(tmp_path):
    path = tmp_path / "django.po"
    path.write_text(PO)
    return catalogue.read(path)


def test_the_compiled_file_is_what_the_standard_library_reads(entries):
    words = gettext.GNUTranslations(io.BytesIO(catalogue.compiled(entries)))
    assert words.gettext("case") == "案件"
    assert words.pgettext("verb", "place") == "委托"
    assert words.ngettext("{n} case", "{n} cases", 5) == "{n} 件"
    assert words.gettext("two lines\n") == "两行\n"
    assert words.gettext("half done") == "half done"


def test_uses_are_found_in_python_and_templates(tmp_path):
    (tmp_path / "templates" / "room").mkdir(parents=True)
    (tmp_path / "a.py").write_text(
        'HELP = "help"\n_("one")\nngettext("{n} a", "{n} b", 2)\npgettext("verb", "place")\n_(name)\n'
    )
    (tmp_path / "templates" / "room" / "x.html").write_text(
        '{% load i18n %}{% translate "two" %}'
        "{% blocktranslate count n=n %}{{ n }} x{% plural %}{{ n }} xs{% endblocktranslate %}"
        '{% blocktranslate trimmed %}\n  a "b"\n c\n{% endblocktranslate %}{{ _("three")|upper }}'
    )
    found = {use.key for use in catalogue.uses(tmp_path)}
    assert found == {
        (None, "help"), (None, "one"), (None, "{n} a"), ("verb", "place"),
        (None, "two"), (None, "%(n)s x"), (None, 'a "b" c'), (None, "three"),
    }  # fmt: skip


def test_missing_fuzzy_and_broken_entries_are_all_told(entries, tmp_path):
    uses = [catalogue.Use("a.py:1", (None, text)) for text in ("case", "unknown", "half done")]
    broken = catalogue.Entry(9, None, "{n} rows", None, {0: "行"})
    told = catalogue.problems(uses, [*entries, broken], tmp_path / "django.po")
    assert [line.split(": ", 1)[1] for line in told] == [
        "placeholders differ in '{n} rows': {n}",
        "not translated: 'half done'",
        "not translated: 'unknown'",
    ]


def test_a_broken_file_is_told_with_its_line(tmp_path):
    path = tmp_path / "x.po"
    path.write_text('msgid "a"\nmsgstr "b\n')
    with pytest.raises(catalogue.CatalogueError, match=r"x\.po:2"):
        catalogue.read(path)


def test_merging_adds_what_is_new_once(tmp_path):
    base, more = tmp_path / "django.po", tmp_path / "room.po"
    base.write_text(PO)
    more.write_text('msgid "case"\nmsgstr "别的"\n\nmsgid "say \\"x\\""\nmsgstr "说“x”"\n')
    assert catalogue.merge(base, [more]) == 1
    assert catalogue.merge(base, [more]) == 0
    assert {e.sentence: e.translations.get(0) for e in catalogue.read(base)}['say "x"'] == "说“x”"
