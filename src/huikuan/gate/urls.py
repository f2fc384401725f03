"""Addresses of the gate, below /gate/."""

from django.urls import path

from huikuan.gate import views

app_name = "gate"
urlpatterns = [path("<str:number>/ask/", views.ask_page, name="ask")]
