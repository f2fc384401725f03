"""Addresses of this room, below /line/."""

from django.urls import path

from huikuan.telephony import views

app_name = "telephony"
urlpatterns = [
    path("dial/", views.dial_page, name="dial"),
    path("events/", views.events, name="events"),
    path("<uuid:call>/", views.call_page, name="call"),
    path("<uuid:call>/<str:event>/", views.mark_page, name="mark"),
]
