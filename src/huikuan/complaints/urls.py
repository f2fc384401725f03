"""Addresses of this room, below /complaints/."""

from django.urls import path

from huikuan.complaints import dossier_views, figures_views, paper_views, views

app_name = "complaints"
urlpatterns = [
    path("", views.complaint_list, name="list"),
    path("receive/", views.receive_page, name="receive"),
    path("figures/", figures_views.figures, name="figures"),
    path("decide/<int:approval>/", views.decide, name="decide"),
    path("withdraw/<int:approval>/", views.withdraw, name="withdraw"),
    path("case/<str:number>/", views.hand_over, name="hand_over"),
    path("dossier/<int:dossier>/status/", dossier_views.status, name="dossier_status"),
    path("dossier/<int:dossier>/<str:part>/", dossier_views.download, name="dossier_file"),
    path("<str:complaint>/", views.complaint_page, name="complaint"),
    path("<str:complaint>/dossier/", dossier_views.make, name="dossier"),
    path("<str:complaint>/reveal/", views.reveal, name="reveal"),
    path("<str:complaint>/papers/<int:document>/", paper_views.paper, name="paper"),
    path("<str:complaint>/<str:act>/", views.act, name="act"),
]
