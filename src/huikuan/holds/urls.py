"""Addresses of this room, below /holds/."""

from django.urls import path

from huikuan.holds import views

app_name = "holds"
urlpatterns = [
    path("", views.hold_list, name="list"),
    path("decide/<int:approval>/", views.decide_page, name="decide"),
    path("withdraw/<int:approval>/", views.withdraw_page, name="withdraw"),
    path("end/<int:hold>/", views.end_page, name="end"),
    path("place/<str:number>/", views.place_page, name="place"),
    path("propose/<str:number>/", views.propose_page, name="propose"),
]
