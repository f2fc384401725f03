"""Addresses of this room, below /clocks/."""

from django.urls import path

from huikuan.clocks import views

app_name = "clocks"
urlpatterns = [
    path("", views.clock_list, name="list"),
    path("<int:clock>/", views.clock_page, name="clock"),
    path("<int:clock>/lift/", views.lift_breach, name="lift"),
]
