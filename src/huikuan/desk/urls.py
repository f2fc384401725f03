"""Every address of the site: the desk's own, and below them those that the rooms declare."""

from django.urls import include, path

from huikuan.desk import (
    case_next,
    cases,
    day_end,
    first,
    house,
    notices,
    packs,
    papers,
    reveal,
    search,
    signin,
    tour,
    worklist,
)
from huikuan.ops.status import status
from huikuan.web import rooms

urlpatterns = [
    path("", worklist.home, name="home"),
    path("first/<str:token>/", first.first_page, name="first_start"),
    path("sign-in/", signin.SignIn.as_view(), name="sign_in"),
    path("sign-out/", signin.sign_out, name="sign_out"),
    path("", include("huikuan.web.urls")),
    path("status", status, name="status"),
    path("work/", worklist.worklist_page, name="worklist"),
    path("work/export.xlsx", worklist.export, name="worklist_export"),
    path("work/next/", worklist.next_page, name="next_case"),
    path("work/end/", day_end.day_end, name="day_end"),
    path("work/plan", worklist.plan_today, name="plan_today"),
    path("cases/", cases.case_list, name="cases"),
    path("cases/<str:number>/", cases.case_page, name="case"),
    path("cases/<str:number>/why/", cases.why, name="case_why"),
    path("cases/<str:number>/next/", case_next.case_next, name="case_next"),
    path("cases/<str:number>/timeline/", cases.case_timeline, name="case_timeline"),
    path("cases/<str:number>/reveal/", reveal.reveal, name="reveal"),
    path("cases/<str:number>/documents/", papers.papers, name="case_papers"),
    path("cases/<str:number>/documents/<int:document>/", papers.paper, name="case_paper"),
    path("search/", search.search, name="search"),
    path("notices/", notices.notice_page, name="notices"),
    path("notices/<int:notice>/", notices.notice_open, name="notice_open"),
    path("notices/read/", notices.notices_read, name="notices_read"),
    path("settings/house/", house.house, name="house"),
    path("tour/", tour.tour, name="tour"),
    path("packs/", packs.pack_list, name="packs"),
    path("packs/<str:name>/", packs.pack_page, name="pack"),
    path("packs/<str:name>/approve/", packs.pack_approve, name="pack_approve"),
    path("packs/<str:name>/activate/", packs.pack_activate, name="pack_activate"),
    path("packs/<str:name>/rollback/", packs.pack_rollback, name="pack_rollback"),
    path(
        "packs/<str:name>/take-back/<int:activation>/", packs.pack_take_back, name="pack_take_back"
    ),
    *(
        path(room.addresses, include(f"{package}.urls"))
        for package, room in rooms.installed().items()
        if room.addresses is not None
    ),
]

handler400 = "huikuan.web.views.bad_request"
handler403 = "huikuan.web.views.permission_denied"
handler404 = "huikuan.web.views.page_not_found"
handler500 = "huikuan.web.views.server_error"
