"""The intake's addresses with what the frame of every page needs."""

from django.contrib.auth import views as auth
from django.urls import include, path

urlpatterns = [
    path("", include("huikuan.web.urls")),
    path("sign-in/", auth.LoginView.as_view(), name="sign_in"),
    path("sign-out/", auth.LogoutView.as_view(), name="sign_out"),
    path("placements/", include("huikuan.intake.urls")),
    path("clocks/", include("huikuan.clocks.urls")),
]
handler403 = "huikuan.web.views.permission_denied"
handler404 = "huikuan.web.views.page_not_found"
