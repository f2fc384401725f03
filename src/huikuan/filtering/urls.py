"""Addresses of this room, below /filtering/."""

from django.urls import path

from huikuan.filtering import views

app_name = "filtering"
urlpatterns = [
    path("", views.progress_page, name="list"),
    path("missing/", views.missing_page, name="missing"),
    path("missing/<int:creditor>.xlsx", views.missing_sheet, name="missing_sheet"),
    path("missing/<int:creditor>/sent/", views.sent_page, name="sent"),
    path("missing/answered/<int:filtered>/", views.answered_page, name="answered"),
    path("sample/", views.sample_page, name="sample"),
    path("sample/<int:filtered>/", views.look_page, name="look"),
    path("case/<str:number>/", views.case_page, name="case"),
    path("batch/<str:number>/", views.next_page, name="next"),
]
