import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

from huikuan.people.rights import Right
from huikuan.web.access import require_right
from huikuan.web.tests.conftest import make_request, make_user


@require_right(Right.HOLD_CASES, Right.SEE_REVEALS, methods=("GET", "POST"))
def screen(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def ask(user: object, method: str = "get", **more: object) -> HttpResponse:
    return screen(make_request("/work/?stage=M2", user, method, **more))


@pytest.mark.parametrize(
    ("role", "method", "status"),
    [
        ("collector", "get", 200),
        ("collector", "head", 200),
        ("collector", "post", 200),
        ("collector", "put", 405),
        ("quality", "get", 200),
        ("quality", "post", 403),
        ("finance", "get", 403),
        ("system_admin", "post", 200),
        ("client", "get", 403),
    ],
)
def test_by_role_and_method(role: str, method: str, status: int) -> None:
    assert ask(make_user(role), method).status_code == status


def test_not_signed_in() -> None:
    answer = ask(AnonymousUser())
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/work/%3Fstage%3DM2")


def test_not_signed_in_within_a_page() -> None:
    answer = ask(AnonymousUser(), headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/sign-in/")


def test_wrong_method_names_the_right_ones() -> None:
    answer = ask(make_user(), "delete")
    assert answer["Allow"] == "GET, POST, HEAD"
    assert "不能这样操作" in answer.content.decode()


def test_without_an_organisation_nothing_opens() -> None:
    user = make_user()
    user.organisation = None
    answer = ask(user)
    assert answer.status_code == 403
    assert "不属于任何机构" in answer.content.decode()


def test_refusal_within_a_page_is_one_sentence() -> None:
    answer = ask(make_user("finance"), headers={"HX-Request": "true"})
    assert answer["Content-Type"].startswith("text/plain")
    assert answer.content.decode() == "您的角色无权打开此页面。"
