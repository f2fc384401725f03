"""Addresses of the promises, below /promises/."""

from django.urls import path

from huikuan.promises import views

app_name = "promises"
urlpatterns = [
    path("", views.promise_list, name="list"),
    path("export.xlsx", views.export, name="export"),
    path("case/<str:number>/", views.of_case, name="of_case"),
]
