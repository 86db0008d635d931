"""The product's addresses and the two plain views that its pages are measured against."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path

from entities.models import Entity

COLUMNS = (
    "pk", "name", "uscc", "grade", "status", "business_type", "staff", "revenue", "principal", "phone_last4",
    "jurisdiction__name", "licences__number", "licences__valid_until",
)  # fmt: skip
PAGE = 50


def rows(request: HttpRequest) -> HttpResponse:
    """The first page of the register with its joins, and nothing around it."""
    found = Entity.objects.order_by("sort_key", "pk").values_list(*COLUMNS)[:PAGE]
    return JsonResponse({"rows": list(found)})


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"hello")


urlpatterns = [path("bench/rows.json", rows), path("bench/hello", hello), path("", include("baobao.urls"))]
