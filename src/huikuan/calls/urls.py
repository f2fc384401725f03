"""Addresses of this room, below /calls/."""

from django.urls import path

from huikuan.calls import other, views

app_name = "calls"
urlpatterns = [
    path("instalments/", views.instalment_preview, name="instalments"),
    path("undo/<int:contact>/", views.undo_contact, name="undo"),
    path("<str:number>/other/", other.other_page, name="other"),
    path("<str:number>/<int:point>/", views.call_page, name="call"),
    path("<str:number>/<int:point>/start/", views.start_call, name="start"),
    path("<str:number>/<int:point>/no-call/", views.no_call, name="no_call"),
    path("<str:number>/<int:point>/save/", views.save_call, name="save"),
]
