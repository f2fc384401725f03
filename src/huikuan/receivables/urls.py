"""Addresses of this room, below /statements/."""

from django.urls import URLPattern

app_name = "receivables"
urlpatterns: list[URLPattern] = []
