"""Every page and endpoint, app by app."""

from django.urls import include, path

urlpatterns = [
    path("", include("tenancy.urls")),
]
handler403 = "tenancy.views.answer_403"
handler404 = "tenancy.views.answer_404"
handler500 = "tenancy.views.answer_500"
