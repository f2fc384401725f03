"""Sign in and out. Demo users stand on the page only while the demo book is loaded."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from huikuan.desk.tour import offer_if_new
from huikuan.ops import demo


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": _("User name or password is not right. Mind upper and lower case."),
        "inactive": _("This account is switched off. Ask the system administrator."),
    }


class SignIn(LoginView):
    template_name = "desk/signin.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user: Any = form.get_user()
        before = user.last_login is not None
        answer = super().form_valid(form)
        offer_if_new(self.request, user, before)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"demo_users": demo.users()}


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("sign_in")
