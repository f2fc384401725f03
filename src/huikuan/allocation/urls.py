"""Addresses of the allocation room, below /allocation/."""

from django.urls import path

from huikuan.allocation import return_views, seen_views, target_views, views

app_name = "allocation"
urlpatterns = [
    path("", views.proposals, name="proposals"),
    path("propose/", views.make, name="propose"),
    path("absence/", views.absence, name="absence"),
    path("returns/", return_views.returns, name="returns"),
    path("targets/", target_views.targets, name="targets"),
    path("seen/", seen_views.seen, name="seen"),
    path("seen/<int:pk>/", seen_views.call, name="call_on"),
    path("<int:pk>/", views.proposal, name="proposal"),
    path("<int:pk>/move/", views.move_cases, name="move"),
    path("<int:pk>/confirm/", views.confirm_run, name="confirm"),
    path("<int:pk>/drop/", views.drop_run, name="drop"),
]
