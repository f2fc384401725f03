"""The gate's addresses alone, for its own tests."""

from django.urls import include, path

urlpatterns = [path("gate/", include("huikuan.gate.urls")), path("", include("huikuan.web.urls"))]
