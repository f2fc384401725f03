"""Addresses of this room, below /statements/."""

from django.urls import path

from huikuan.receivables import views

app_name = "receivables"
urlpatterns = [
    path("", views.statement_list, name="list"),
    path("export.xlsx", views.export, name="export"),
    path("<int:statement>/", views.statement_page, name="statement"),
    path("case/<str:number>/", views.of_case, name="of_case"),
]
