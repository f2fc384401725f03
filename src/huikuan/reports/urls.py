"""Addresses of the reports, below /reports/."""

from django.urls import path

from huikuan.reports import ageing_views, views

app_name = "reports"
urlpatterns = [
    path("board/", views.board, name="board"),
    path("day/", views.day, name="day"),
    path("day/export.xlsx", views.day_export, name="day_export"),
    path("ageing/", ageing_views.ageing_page, name="ageing"),
    path("ageing/export.xlsx", ageing_views.ageing_export, name="ageing_export"),
    path("targets/", views.targets, name="targets"),
]
