from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import translation

from huikuan.ops import catalogue
from huikuan.people.models import Organisation, User

PACKAGE = Path(__file__).resolve().parents[2]
CATALOGUE = PACKAGE / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"


def test_every_sentence_of_the_look_is_translated() -> None:
    ours = [
        use
        for use in catalogue.uses(PACKAGE)
        if use.place.startswith(("web/", "people/", "desk/templates/desk/signin")) and "huikuan_facts" not in use.place
    ]
    assert len(ours) > 80
    assert catalogue.problems(ours, catalogue.read(CATALOGUE), CATALOGUE) == []


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
