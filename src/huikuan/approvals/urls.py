"""Addresses of this room, below /approvals/.

What is granted is carried out at the address of its own room.
"""

from django.urls import path

from huikuan.approvals import views

app_name = "approvals"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("task/<int:task>/", views.ask_step_page, name="ask_step"),
    path("<int:approval>/decide/", views.decide_step_page, name="decide_step"),
    path("<int:approval>/withdraw/", views.withdraw_step_page, name="withdraw_step"),
    path("<int:approval>/take-back/", views.take_back_page, name="take_back"),
]
