"""Every page and endpoint, app by app."""

from django.urls import include, path

urlpatterns = [
    path("", include("reports.urls")),
    path("", include("tenancy.urls")),
    path("", include("entities.urls")),
    path("", include("cadres.urls")),
    path("", include("supervision.urls")),
    path("", include("commitments.urls")),
]
handler403 = "tenancy.views.answer_403"
handler404 = "tenancy.views.answer_404"
handler500 = "tenancy.views.answer_500"
