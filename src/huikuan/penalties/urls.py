"""Addresses of this room, below /penalties/."""

from django.urls import path

from huikuan.penalties import views

app_name = "penalties"
urlpatterns = [
    path("", views.penalty_list, name="list"),
    path("sheet/", views.sheet_page, name="sheet"),
    path("sheet.xlsx", views.sheet_xlsx, name="sheet_xlsx"),
    path("sheet.csv", views.sheet_csv, name="sheet_csv"),
    path("new/<int:breach>/", views.propose_page, name="propose"),
    path("<int:penalty>/", views.penalty_page, name="penalty"),
    path("<int:penalty>/appeal/", views.appeal_page, name="appeal"),
    path("<int:penalty>/decide/", views.decide_page, name="decide"),
]
