"""Addresses of the intake, below /placements/."""

from django.urls import path

from huikuan.intake import arrival_views, row_views, views

app_name = "intake"
urlpatterns = [
    path("", views.placements, name="placements"),
    path("new/", views.upload, name="upload"),
    path("arrival/", arrival_views.arrival, name="arrival"),
    path("<str:number>/", views.placement, name="placement"),
    path("<str:number>/accept/", views.accept, name="accept"),
    path("<str:number>/refuse/", views.refuse, name="refuse"),
    path("<str:number>/name/", arrival_views.name_person, name="name"),
    path("<str:number>/give-up/", row_views.give_up_rows, name="give_up"),
    path("<str:number>/progress/", views.progress, name="progress"),
    path("<str:number>/problems.xlsx", views.report, name="report"),
]
