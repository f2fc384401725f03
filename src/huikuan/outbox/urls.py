"""Addresses of this layer, below /outbox/."""

from django.urls import path

from huikuan.outbox import box_views, views

app_name = "outbox"
urlpatterns = [
    path("", box_views.box, name="box"),
    path("decide/", box_views.decide, name="decide"),
    path("read/", box_views.read, name="read"),
    path("acknowledge/", views.acknowledge, name="acknowledge"),
]
