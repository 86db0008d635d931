"""Addresses of the app: pages for the desk, pages for the phone, endpoints."""

from django.urls import path

from supervision import api
from supervision.views import closures, dues, issues, phone, progress, visits, worker

app_name = "supervision"

desk = [
    path("supervision/", progress.show_progress, name="show-progress"),
    path("supervision/open/", progress.open_quarter, name="open-quarter"),
    path("visits/<int:pk>/", visits.show_visit, name="show-visit"),
    path("visits/photos/<int:pk>/", visits.show_photo, name="show-photo"),
    path("visits/photos/<int:pk>/small/", visits.show_thumbnail, name="show-thumbnail"),
    path("closures/", closures.list_closures, name="list-closures"),
    path("closures/<int:pk>/", closures.show_closure, name="show-closure"),
    path("closures/<int:pk>/accept/", closures.accept_closure, name="accept-closure"),
    path("closures/<int:pk>/reject/", closures.reject_closure, name="reject-closure"),
    path("issues/", issues.list_issues, name="list-issues"),
    path("issues/<int:pk>/", issues.show_issue, name="show-issue"),
    path("issues/<int:pk>/<str:verb>/", issues.act_on_issue, name="act-on-issue"),
    path("due/<slug:kind>/<int:pk>/", dues.show_due, name="show-due"),
]

phones = [
    path("sw.js", worker.service_worker, name="service-worker"),
    path("my/", phone.my_visits, name="my-visits"),
    path("my/visit/<int:entity_id>/", phone.fill_visit, name="fill-visit"),
    path("my/records/", phone.my_records, name="my-records"),
]

endpoints = [
    path("api/ping", api.ping, name="api-ping"),
    path("api/my/visits", api.my_visits, name="api-my-visits"),
    path("api/visits/<uuid:key>", api.visit, name="api-visit"),
    path("api/visits/<uuid:key>/photos/<str:sha>", api.visit_photo, name="api-visit-photo"),
    path("api/closures", api.closures, name="api-closures"),
    path("api/closures/<int:pk>/accept", api.accept, name="api-accept-closure"),
    path("api/closures/<int:pk>/reject", api.reject, name="api-reject-closure"),
    path("api/issues", api.issues, name="api-issues"),
    path("api/issues/<int:pk>/<str:verb>", api.issue_act, name="api-issue-act"),
    path("api/due/<slug:kind>/<int:pk>", api.due, name="api-due"),
]

urlpatterns = [*desk, *phones, *endpoints]
