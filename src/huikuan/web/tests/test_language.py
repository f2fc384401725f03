import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext

from huikuan.people.models import Organisation, User
from huikuan.people.rights import Right
from huikuan.web.forms import ERRORS

PACKAGE = Path(__file__).resolve().parents[2]
TEMPLATES = [*PACKAGE.glob("web/templates/**/*.html"), PACKAGE / "desk/templates/desk/signin.html"]
MARKED = re.compile(r'{% translate "([^"]+)"')


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_sentence_of_the_frame_is_translated(path: Path) -> None:
    """Here as quickly as the template is changed; `huikuan messages --check` looks at the whole product."""
    assert [text for text in MARKED.findall(path.read_text("utf-8")) if gettext(text) == text] == []


def test_rights_and_form_errors_are_translated() -> None:
    for text in [*(right.label for right in Right), *ERRORS.values()]:
        assert not str(text).isascii(), text


@pytest.mark.django_db
def test_switch_without_signing_in() -> None:
    answer = Client().post("/language/", {"language": "en", "next": "/sign-in/"})
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/")
    assert answer.cookies[django_settings.LANGUAGE_COOKIE_NAME].value == "en"


@pytest.mark.django_db
def test_switch_is_remembered_for_the_user() -> None:
    house = Organisation.objects.create(code="h", name="h")
    user = User.objects.create(username="u", organisation=house)
    client = Client()
    client.force_login(user)
    client.post("/language/", {"language": "en", "next": "/"})
    client.post("/language/", {"language": "xx", "next": "/"})
    user.refresh_from_db()
    assert user.language == "en"


@pytest.mark.django_db
def test_switch_leads_to_no_other_site() -> None:
    answer = Client().post("/language/", {"language": "en", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"
    assert Client().get("/language/").status_code == 405


def test_the_switch_offers_the_other_language(render) -> None:
    source = '{% include "web/language.html" %}'
    assert 'value="en"' in render(source)
    with translation.override("en"):
        assert 'value="zh-hans"' in render(source)
