"""Addresses of the payments, below /payments/."""

from django.urls import path

from huikuan.payments import correct_views, file_views, hand_views, queue_views

app_name = "payments"
urlpatterns = [
    path("", file_views.files, name="files"),
    path("new/", file_views.upload, name="upload"),
    path("file/<int:file>/", file_views.file, name="file"),
    path("file/<int:file>/post/", file_views.post, name="post"),
    path("file/<int:file>/waiting.xlsx", file_views.waiting, name="waiting"),
    path("queue/", queue_views.queue, name="queue"),
    path("queue/<int:row>/", queue_views.assign, name="assign"),
    path("queue/<int:row>/aside/", queue_views.set_aside, name="set_aside"),
    path("hand/", hand_views.hand, name="hand"),
    path("hand/foreseen/", hand_views.foreseen, name="foreseen"),
    path("decide/<int:approval>/", hand_views.decide_request, name="decide"),
    path("withdraw/<int:approval>/", hand_views.withdraw_request, name="withdraw"),
    path("reverse/<int:payment>/", hand_views.reverse_payment, name="reverse"),
    path("correct/<str:number>/", correct_views.correct, name="correct"),
    path("void/<int:correction>/", correct_views.void, name="void"),
    path("case/<str:number>/", hand_views.of_case, name="of_case"),
]
