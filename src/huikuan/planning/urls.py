"""Addresses of this room, below /tasks/."""

from django.urls import path

from huikuan.planning import views

app_name = "planning"
urlpatterns = [
    path("<int:task>/done/", views.done_page, name="done"),
    path("<int:task>/undo/", views.undo_page, name="undo"),
    path("note/<str:number>/", views.note_page, name="note"),
    path("event/<str:number>/", views.event_page, name="event"),
]
