"""Addresses of this layer, below /outbox/."""

from django.urls import path

from huikuan.outbox import views

app_name = "outbox"
urlpatterns = [
    path("acknowledge/", views.acknowledge, name="acknowledge"),
]
