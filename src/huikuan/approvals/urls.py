"""Addresses of this room, below /approvals/. What is granted is carried out at the address of its room."""

from django.urls import path

from huikuan.approvals import views

app_name = "approvals"
urlpatterns = [path("", views.inbox, name="inbox")]
