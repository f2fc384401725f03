"""Addresses of this room, below /filtering/."""

from django.urls import path

from huikuan.filtering import views

app_name = "filtering"
urlpatterns = [
    path("", views.progress_page, name="list"),
    path("missing/", views.missing_page, name="missing"),
    path("missing.xlsx", views.missing_sheet, name="missing_sheet"),
    path("sample/", views.sample_page, name="sample"),
    path("sample/<int:filtered>/", views.look_page, name="look"),
    path("case/<str:number>/", views.case_page, name="case"),
    path("batch/<str:number>/", views.next_page, name="next"),
]
