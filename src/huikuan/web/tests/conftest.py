"""People in memory and a page rendered as the site renders it: these tests need no database."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpRequest
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

from huikuan.people.models import Organisation, Team, User
from huikuan.people.roles import unsaved
from huikuan.web import navigation

Render = Callable[..., str]


@pytest.fixture(autouse=True)
def small_site(settings: Any) -> Iterator[None]:
    settings.ROOT_URLCONF = "huikuan.web.tests.urls"
    kept = navigation._entries
    navigation.install([])
    with translation.override("zh-hans"):
        yield
    navigation.install(kept)


def make_user(role: str = "collector", **more: Any) -> User:
    house = Organisation(pk=1, code="house", name="示范催收中心")
    user = User(pk=1, username="wang", display_name="王磊", organisation=house, **more)
    user.held_roles = (unsaved(role),)
    return user


@pytest.fixture
def user() -> User:
    return make_user(team=Team(pk=1, code="t1", name="一组"))


def make_request(
    path: str = "/work/", user: Any = None, method: str = "get", **more: Any
) -> HttpRequest:
    request = getattr(RequestFactory(), method)(path, **more)
    request.user = user
    request.session = {}
    request._messages = FallbackStorage(request)
    return request


@pytest.fixture
def render(user: User) -> Render:
    """Render template source with the tags loaded: render("{{ x|money }}", x=1).

    White space is folded, because where a template breaks its lines is no matter of the page.
    """

    def rendered(source: str, request: HttpRequest | None = None, **context: Any) -> str:
        head = "" if source.startswith("{% extends") else "{% load i18n huikuan_web %}"
        template = engines["django"].from_string(head + source)
        page = template.render(context, request or make_request(user=user))

        folded = re.sub(r"\s+", " ", page)
        return re.sub(r"(?<=>) | (?=<)", "", folded)

    return rendered
