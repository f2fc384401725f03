"""`path("", include("huikuan.web.urls"))` in the door. No namespace: base.html and sign-in use the name everywhere."""

from django.urls import path

from huikuan.web import views

urlpatterns = [
    path("language/", views.set_language, name="set_language"),
    path("palette/initials/", views.palette_initials, name="palette_initials"),
]
