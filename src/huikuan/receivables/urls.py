"""Addresses of this room, below /statements/."""

from django.urls import path

from huikuan.receivables import lock_views, mail_views, preview_views, views

app_name = "receivables"
urlpatterns = [
    path("", views.statement_list, name="list"),
    path("export.xlsx", views.export, name="export"),
    path("<int:statement>/", views.statement_page, name="statement"),
    path("<int:statement>/statement.pdf", views.statement_file, name="pdf"),
    path("<int:statement>/mail/", preview_views.statement, name="preview"),
    path("event/<int:event>/take-back/", views.void, name="void"),
    path("case/<str:number>/", views.of_case, name="of_case"),
    path("mail/<int:mail>/", mail_views.read, name="read"),
    path("locks/", lock_views.locks, name="locks"),
    path("case/<str:number>/lock/", lock_views.case_lock, name="case_lock"),
    path("case/<str:number>/lock/mail/", preview_views.case_lock, name="lock_preview"),
    path("lock/<int:lock_id>/acknowledge/", lock_views.acknowledge, name="acknowledge"),
]
