"""The pages of plans for anybody: what is for publication and in force, of a place and above it, and nothing else."""

from datetime import date

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from tenancy.actions.plans import adopt_plan
from tenancy.models import Plan
from tenancy.plans import shipped_plan
from tenancy.queries.published import published_plans
from tenancy.scoping import acting_in
from tests.cast import SINCE, Cast, shown

AT = "2026-10-09T10:00:00+08:00"
TODAY = date(2026, 10, 9)
DISTRICT, STREET = "990101/", "990101/001/"


@pytest.fixture
def plans(cast: Cast) -> dict[str, Plan]:
    """鹿城's plan, which is not for publication, in 东城区; Gumei's, which is, in 甲街道; 遂宁's in the other tenant."""
    made = {}
    for name, code in (("东城区", "lucheng"), ("甲街道", "gumei"), ("西城区", "suining")):
        place = cast.places[name]
        with acting_in(place.path):
            made[name] = adopt_plan(place, shipped_plan(code), since=SINCE, by=None)
    return made


def list_url(cast: Cast, name: str) -> str:
    return reverse("tenancy:list-published", args=[cast.places[name].pk])


def page_of(cast: Cast, place: str, plan: int):
    return Client().get(reverse("tenancy:show-published", args=[cast.places[place].pk, plan]))


@pytest.mark.req("LC-01")
@time_machine.travel(AT, tick=False)
def test_what_is_not_for_publication_is_there_and_on_no_public_page(cast: Cast, plans) -> None:
    """Lucheng's plan governs 甲街道 too: an office reads it, a stranger reads neither its title nor a value of it."""
    secret = plans["东城区"]
    with acting_in(STREET):
        held = Plan.objects.get(pk=secret.pk)
    assert (held.publicity, held.doc_number) == ("不公开", "温鹿食药安委〔2022〕4号")
    assert held.title in cast.client("li").get(reverse("tenancy:show-plan", args=[held.pk])).content.decode()
    for name in ("东城区", "甲街道", "一社区"):
        text = Client().get(list_url(cast, name)).content.decode()
        assert held.title not in text and held.doc_number not in text
    text = page_of(cast, "甲街道", plans["甲街道"].pk).content.decode()
    assert held.doc_number not in text and held.title not in text
    with acting_in(STREET):
        inherited = held.document["values"]["names"]["liaison"]
    assert inherited == "干部联络员" and inherited not in text


@pytest.mark.req("LC-01")
@pytest.mark.parametrize("publicity", ["不公开", "依申请公开"])
@time_machine.travel(AT, tick=False)
def test_a_plan_not_for_publication_answers_like_one_that_never_was(cast: Cast, plans, publicity) -> None:
    with acting_in(STREET):
        Plan.objects.filter(pk=plans["甲街道"].pk).update(publicity=publicity)
    there, gone = page_of(cast, "甲街道", plans["甲街道"].pk), page_of(cast, "甲街道", 987_654)
    assert there.status_code == gone.status_code == 404
    assert shown(there) == shown(gone)


@pytest.mark.req("LC-01")
@time_machine.travel(AT, tick=False)
def test_anybody_reads_what_is_published_with_its_paper_and_its_own_values(cast: Cast, plans) -> None:
    listed = Client().get(list_url(cast, "一社区"))
    assert [each.plan.pk for each in listed.context["found"]] == [plans["甲街道"].pk]
    text = page_of(cast, "一社区", plans["甲街道"].pk).content.decode()
    assert "闵古办〔2022〕40号" in text and "主动公开" in text and "街道食药安办" in text
    # Signed in or not, whoever opens it is nobody here.
    assert shown(cast.client("sun").get(list_url(cast, "一社区"))) == shown(listed)


@time_machine.travel(AT, tick=False)
def test_a_plan_of_elsewhere_and_one_out_of_force_are_missing(cast: Cast, plans) -> None:
    assert page_of(cast, "乙街道", plans["甲街道"].pk).status_code == 404
    assert page_of(cast, "甲街道", plans["西城区"].pk).status_code == 404
    assert Client().get(reverse("tenancy:list-published", args=[987_654])).status_code == 404
    with time_machine.travel("2025-12-31T10:00:00+08:00", tick=False):
        assert page_of(cast, "甲街道", plans["甲街道"].pk).status_code == 404
        assert Client().get(list_url(cast, "甲街道")).context["found"] == []


def test_the_database_lets_a_stranger_read_nothing_else(cast: Cast, plans) -> None:
    """The condition stands in the database; without it the wall still asks for a place, and nothing can be written."""
    street = cast.places["甲街道"]
    assert [each.plan.pk for each in published_plans(street, TODAY)] == [plans["甲街道"].pk]
    with pytest.raises(DatabaseError, match="no acting place"), transaction.atomic():
        list(Plan.objects.all())
    with pytest.raises(DatabaseError, match="no acting place"), transaction.atomic():
        published_plans(street, TODAY)[0].plan.save()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('baobao.place', true)")
        assert cursor.fetchone()[0] in (None, "")
        cursor.execute("SELECT has_function_privilege('public', 'published_plans(text, date)', 'EXECUTE')")
        assert cursor.fetchone()[0] is False


def test_whoever_acts_elsewhere_reads_no_more_by_the_function(cast: Cast, plans) -> None:
    with acting_in("990102/"):
        assert [each.plan.pk for each in published_plans(cast.places["甲街道"], TODAY)] == [plans["甲街道"].pk]
        assert list(Plan.objects.values_list("pk", flat=True)) == [plans["西城区"].pk]


@pytest.mark.req("LC-01")
@time_machine.travel(AT, tick=False)
def test_the_office_sees_the_address_and_its_code_of_what_is_published_only(cast: Cast, plans) -> None:
    client = cast.client("li")
    address = f"http://testserver{list_url(cast, '甲街道')}"
    page = client.get(reverse("tenancy:show-plan", args=[plans["甲街道"].pk])).content.decode()
    assert address in page and "公开页的二维码" in page
    page = client.get(reverse("tenancy:show-plan", args=[plans["东城区"].pk])).content.decode()
    assert "这份方案不公开，不会出现在公开页上。" in page and "公开页的二维码" not in page


@time_machine.travel(AT, tick=False)
def test_nothing_but_reading_is_answered(cast: Cast, plans) -> None:
    for url in (list_url(cast, "甲街道"), reverse("tenancy:show-published", args=[cast.places["甲街道"].pk, 1])):
        assert Client().post(url).status_code == 405


@time_machine.travel(AT, tick=False)
def test_one_address_cannot_sweep_the_pages(cast: Cast, plans) -> None:
    url, client = list_url(cast, "甲街道"), Client(REMOTE_ADDR="10.9.8.7")
    assert [client.get(url).status_code for _ in range(121)][-2:] == [200, 429]


@pytest.mark.parametrize("many", [1, 3])
@time_machine.travel(AT, tick=False)
def test_the_list_asks_the_same_for_one_and_three(cast: Cast, many, django_assert_num_queries) -> None:
    for name in ("东城区", "甲街道", "一社区")[:many]:
        place = cast.places[name]
        with acting_in(place.path):
            adopt_plan(place, shipped_plan("gumei"), since=SINCE, by=None)
    with django_assert_num_queries(3):
        assert len(Client().get(list_url(cast, "一社区")).context["found"]) == many
