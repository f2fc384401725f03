"""A small site for the tests of the look."""

from django.http import HttpResponse
from django.urls import include, path

from huikuan.web.access import require_right


@require_right()
def page(request):
    return HttpResponse("ok")


urlpatterns = [
    path("", page, name="home"),
    path("work/", page, name="work"),
    path("work/teams/", page, name="teams"),
    path("sign-out/", page, name="sign_out"),
    path("", include("huikuan.web.urls")),
]
