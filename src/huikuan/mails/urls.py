"""Addresses of this room, below /mails/."""

from django.urls import path

from huikuan.mails import views

app_name = "mails"
urlpatterns = [path("<str:number>/", views.mail_page, name="mail")]
