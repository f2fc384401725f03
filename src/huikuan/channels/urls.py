"""Addresses of this room, below /channels/."""

from django.urls import path

from huikuan.channels import views

app_name = "channels"
urlpatterns = [
    path("", views.channel_list, name="list"),
    path("new/", views.new_channel, name="new"),
    path("fetch/<int:file>/", views.fetch_file, name="fetch"),
    path("<int:channel>/", views.channel_page, name="channel"),
    path("<int:channel>/change/", views.change_channel, name="change"),
    path("<int:channel>/end/", views.end_channel, name="end"),
]
