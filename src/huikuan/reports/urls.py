"""Addresses of the reports, below /reports/."""

from django.urls import path

from huikuan.reports import views

app_name = "reports"
urlpatterns = [
    path("board/", views.board, name="board"),
    path("day/", views.day, name="day"),
    path("day/export.xlsx", views.day_export, name="day_export"),
    path("targets/", views.targets, name="targets"),
]
