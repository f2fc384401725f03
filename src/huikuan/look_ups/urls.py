"""Addresses of this room, below /look-ups/."""

from django.urls import path

from huikuan.look_ups import views

app_name = "look_ups"
urlpatterns = [
    path("", views.look_up_list, name="list"),
    path("new/<str:number>/", views.ask_page, name="ask"),
    path("<int:look_up>/", views.look_up_page, name="look_up"),
    path("<int:look_up>/submit/", views.submit_page, name="submit"),
    path("<int:look_up>/confirm/", views.confirm_page, name="confirm"),
    path("<int:look_up>/answer/", views.answer_page, name="answer"),
]
