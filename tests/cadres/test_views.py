"""The pages as their users meet them, and what everybody else gets."""

from datetime import timedelta
from hashlib import sha256

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils import timezone

from cadres.actions.proposing import propose
from cadres.actions.roster import ROSTER
from cadres.models import Assignment, Cadre, Proposal, ResponsibilityList
from entities.models import Entity
from tenancy.actions.imports import work_off
from tenancy.models import AuditEvent
from tenancy.scoping import acting_in
from tenancy.workbooks import Column, read_table, write_form
from tests.cadres.conftest import DAY
from tests.cast import SINCE, shown

MISSING = 999_999
# Session, user, post, its places, its rights, and opening and closing the wall.
EVERY_REQUEST = 13


def page(client, name, *args, **query):
    return client.get(reverse(f"cadres:{name}", args=args), query)


def inside(served):
    return acting_in(served.place.path)


def new_draft(served, *, grade="D", number=1):
    """A draft from today on with `number` entities nobody answers for yet."""
    with inside(served):
        for _each in range(number):
            served.entity(grade)
        return propose(served.place, by=served.cast.li, on=timezone.localdate())


def test_the_list_of_cadres_shows_everybody_with_his_load(served):
    html = page(served.cast.client("li"), "list-cadres").content.decode()
    assert [name in html for name in ("王小明", "陈志强", "郑副主任")] == [True] * 3
    assert "每人原则上不超过 10 户（闵古办〔2022〕40号 三（一））" in html


def test_filters_live_in_the_address(served):
    area = served.cast.places["一社区"].pk
    html = page(served.cast.client("li"), "list-cadres", area=area, tier="community").content.decode()
    assert ("王小明" in html, "陈志强" in html, "去掉条件 层级：居民区" in html) == (True, False, True)


def test_a_cadre_page_shows_what_he_answers_for_and_hides_his_telephone(served):
    with inside(served):
        served.wang.post.phone = "19900001234"
        served.wang.post.save()
    html = page(served.cast.client("li"), "show-cadre", served.wang.pk).content.decode()
    assert ("C级食品店3" in html, "****1234" in html, "19900001234" in html) == (True, True, False)


@pytest.mark.req("GM-09", "GM-13")
def test_the_responsibility_list_has_its_four_tabs(served):
    client = served.cast.client("li")
    with inside(served):
        served.entity("D", "二社区", name="无人店")
    tabs = {tab: page(client, "show-list", tab=tab).content.decode() for tab in ("", "uncovered", "over", "above")}
    assert [("无人店" in html, "A级食品店1" in html, "B级食品店2" in html) for html in tabs.values()] == [
        (True, False, True),
        (True, False, False),
        (False, False, False),
        (False, True, False),
    ]


def test_from_proposal_to_list_and_back_in_the_browser(served):
    client, today = served.cast.client("li"), timezone.localdate()
    with inside(served):
        served.entity("D", "二社区", name="新开的店")
    answer = client.post(reverse("cadres:propose"), {"on": today.isoformat()})
    proposal = client.get(answer.url)
    assert "没有干部超出上限，可以直接批准。" in proposal.content.decode()
    approved = client.post(answer.url + "approve/", follow=True)
    assert "已批准第2版责任清单" in approved.content.decode()
    with inside(served):
        assert Assignment.objects.in_force(today).count() == 7
        version = ResponsibilityList.objects.get(number=2)
    assert client.post(reverse("cadres:undo-list", args=[version.pk])).status_code == 302
    with inside(served):
        assert Assignment.objects.in_force(today).count() == 6


def test_over_the_cap_a_reason_is_offered_and_a_blank_one_comes_back(served):
    client, draft = served.cast.client("li"), new_draft(served, number=9)
    address = reverse("cadres:approve-proposal", args=[draft.pk])
    html = page(client, "show-proposal", draft.pk).content.decode()
    assert "均衡分配后仍有11户，超过10户" in html
    refused = client.post(address, {f"reason-{served.wang.pk}": " "})
    assert (refused.status_code, "请写明理由" in refused.content.decode()) == (422, True)
    assert client.post(address, {f"reason-{served.wang.pk}": "增补前暂管"}).status_code == 302
    with inside(served):
        reasons = Assignment.objects.exclude(over_cap_reason="").values_list("over_cap_reason", flat=True)
        assert set(reasons) == {"增补前暂管"}


def test_a_line_is_edited_by_hand_among_those_who_fit(served):
    client, draft = served.cast.client("li"), new_draft(served)
    with inside(served):
        other = served.cadre("同区委员", "一社区")
        line = draft.lines.changed().get()
    address = reverse("cadres:edit-line", args=[line.pk])
    assert client.post(address, {"cadre": served.chen.pk}).status_code == 422
    assert client.post(address, {"cadre": other.pk}).status_code == 302
    with inside(served):
        line.refresh_from_db()
        assert (line.cadre, line.by_hand) == (other, True)


def test_the_past_is_not_proposed(served):
    yesterday = timezone.localdate() - timedelta(days=1)
    refused = served.cast.client("li").post(reverse("cadres:propose"), {"on": yesterday.isoformat()})
    assert (refused.status_code, "谁在哪天负责不能事后改写" in refused.content.decode()) == (422, True)


def test_a_state_that_refuses_answers_409_with_the_sentence(served):
    client, draft = served.cast.client("li"), new_draft(served)
    assert client.post(reverse("cadres:drop-proposal", args=[draft.pk])).status_code == 302
    again = client.post(reverse("cadres:approve-proposal", args=[draft.pk]))
    assert (again.status_code, "这个方案当前是“已放弃”，不能批准。" in again.content.decode()) == (409, True)


def test_a_leader_reads_and_does_not_approve(served):
    client, draft = served.cast.client("leng"), new_draft(served)
    assert page(client, "show-proposal", draft.pk).status_code == 200
    refused = client.post(reverse("cadres:approve-proposal", args=[draft.pk]))
    assert refused.status_code == 403
    assert "“领导（只读）”岗位没有“批准责任清单”权限；如工作需要，请联系安全管理员。" in refused.content.decode()
    with inside(served):
        assert Proposal.objects.get(pk=draft.pk).state == "draft"


def test_the_stored_version_comes_back_byte_for_byte(served):
    answer = served.cast.client("li").get(reverse("cadres:download-list", args=[served.list.pk]))
    assert sha256(b"".join(answer.streaming_content)).hexdigest() == served.list.sha256


def test_the_export_has_the_rows_of_the_page(served):
    answer = served.cast.client("li").get(reverse("cadres:download-list"), {"grade": "B"})
    rows = read_table(answer.content, "x.xlsx").sheets[0].rows
    names = [cells[2] for _number, cells in rows if str(cells[1]) == "B"]
    assert names == ["B级食品店2", "B级食品店6"]


FOREIGN = {
    "show-cadre": ("get", lambda served, draft: served.wang.pk),
    "show-proposal": ("get", lambda served, draft: draft.pk),
    "edit-line": ("get", lambda served, draft: draft.lines.values_list("pk", flat=True)[0]),
    "approve-proposal": ("post", lambda served, draft: draft.pk),
    "drop-proposal": ("post", lambda served, draft: draft.pk),
    "undo-list": ("post", lambda served, draft: served.list.pk),
    "download-list": ("get", lambda served, draft: served.list.pk),
}


@pytest.mark.parametrize("who", ["zhao", "sun"])
@pytest.mark.parametrize("name", FOREIGN)
def test_a_neighbour_gets_for_our_ids_what_he_gets_for_missing_ones(served, name, who):
    method, pick = FOREIGN[name]
    draft = new_draft(served)
    with inside(served):
        ours = pick(served, draft)
    assert getattr(served.cast.client("li"), method)(reverse(f"cadres:{name}", args=[ours])).status_code != 404
    client = served.cast.client(who)
    foreign, missing = (
        shown(getattr(client, method)(reverse(f"cadres:{name}", args=[number]))) for number in (ours, MISSING)
    )
    assert foreign == missing
    assert foreign[0] == 404


@pytest.mark.parametrize("who", ["zhao", "sun"])
def test_a_neighbours_lists_hold_nothing_of_ours(served, who):
    client = served.cast.client(who)
    for name in ("list-cadres", "show-list"):
        assert "王小明" not in page(client, name).content.decode()


def test_a_cadre_sees_himself_and_only_his_entities(served):
    client = served.cast.client("wang")
    assert page(client, "show-cadre", served.wang.pk).status_code == 200
    foreign, missing = (shown(page(client, "show-cadre", number)) for number in (served.chen.pk, MISSING))
    assert foreign == missing
    html = page(client, "my-entities").content.decode()
    assert [name in html for name in ("C级食品店3", "D级食品店4", "B级食品店2", "C级食品店7")] == [
        True,
        True,
        False,
        False,
    ]
    assert ("****5555" in html, "19900005555" in html) == (True, False)
    assert [page(client, name).status_code for name in ("list-cadres", "show-list", "propose")] == [403] * 3


def own_and_foreign(served) -> tuple[Entity, Entity]:
    """A shop of Wang's and one of Chen's."""
    with inside(served):
        return tuple(
            Assignment.objects.filter(cadre=cadre).select_related("entity").order_by("pk").first().entity
            for cadre in (served.wang, served.chen)
        )


def looks(served, entity) -> list[tuple[str, str]]:
    """Who saw the number on which day, by the trail."""
    with inside(served):
        seen = AuditEvent.objects.filter(action="entities.phone.revealed", subject_id=entity.pk)
        return list(seen.values_list("by_name", "after__day"))


def test_a_cadre_calls_a_shop_of_his_and_the_look_is_written_down_once_a_day(served):
    own, _foreign = own_and_foreign(served)
    client, today = served.cast.client("wang"), timezone.localdate().isoformat()
    html = client.post(reverse("cadres:call-entity", args=[own.pk])).content.decode()
    assert html.count('href="tel:19900005555"') == 1
    answer = client.post(reverse("cadres:api-phone", args=[own.pk]))
    assert (answer.json(), answer["Cache-Control"]) == ({"phone": "19900005555"}, "private, no-store")
    assert looks(served, own) == [("王小明 · 两委委员", today)]


@pytest.mark.parametrize("name", ["cadres:call-entity", "cadres:api-phone"])
def test_the_number_of_another_cadres_shop_is_a_missing_one(served, name):
    _own, foreign = own_and_foreign(served)
    assert served.cast.client("chen").post(reverse(name, args=[foreign.pk])).status_code == 200
    client = served.cast.client("wang")
    there, gone = (shown(client.post(reverse(name, args=[number]))) for number in (foreign.pk, MISSING))
    assert there == gone
    assert there[0] == 404
    assert looks(served, foreign) == [("陈志强 · 书记", timezone.localdate().isoformat())]


@pytest.mark.parametrize("name", ["cadres:call-entity", "cadres:api-phone"])
def test_a_shop_that_went_to_somebody_else_can_no_longer_be_called(served, name):
    own, _foreign = own_and_foreign(served)
    with inside(served):
        Assignment.objects.filter(entity=own).update(valid=DateRange(SINCE, timezone.localdate()))
    assert served.cast.client("wang").post(reverse(name, args=[own.pk])).status_code == 404
    assert looks(served, own) == []


def test_a_shop_has_no_phone_page_of_a_cadre(served):
    assert page(served.cast.client("wu"), "my-entities").status_code == 403


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    ("name", "queries"), [("list-cadres", 5), ("show-list", 9), ("show-cadre", 7), ("my-entities", 2)]
)
def test_pages_cost_the_same_however_many_rows(served, django_assert_num_queries, name, queries, number):
    with inside(served):
        for each in range(number):
            served.cadre(f"委员{each}")
            served.entity("C")
    client = served.cast.client("wang" if name == "my-entities" else "li")
    args = [served.wang.pk] if name == "show-cadre" else []
    page(client, name, *args)
    with django_assert_num_queries(EVERY_REQUEST + queries):
        page(client, name, *args)


@pytest.mark.parametrize("number", [1, 3])
def test_a_proposal_costs_the_same_however_many_lines(served, django_assert_num_queries, number):
    client, draft = served.cast.client("li"), new_draft(served, number=number)
    page(client, "show-proposal", draft.pk)
    with django_assert_num_queries(EVERY_REQUEST + 8):
        page(client, "show-proposal", draft.pk)


def test_anonymous_visitors_are_sent_to_sign_in(client, served):
    for name in ("list-cadres", "show-list", "propose", "my-entities", "import-roster"):
        assert client.get(reverse(f"cadres:{name}")).url.startswith("/login/")


def test_the_roster_wizard_opens_for_the_office_alone(served):
    assert page(served.cast.client("li"), "import-roster").status_code == 200
    assert page(served.cast.client("leng"), "import-roster").status_code == 403


def test_a_roster_goes_through_the_wizard(served):
    client, today = served.cast.client("li"), timezone.localdate()
    titles = ("姓名", "层级", "单位", "职务", "类别")
    rows = [("洪七", "居民区", "二社区", "主任", "居民区主任"), ("", "居民区", "二社区", "委员", "两委")]
    data = write_form("名册", "甲街道", today, [Column(title) for title in titles], rows)
    sent = client.post(reverse("cadres:import-roster"), {"file": SimpleUploadedFile("名册.xlsx", data)})
    with inside(served):
        work_off(ROSTER, on=today, at=timezone.now())
    html = client.get(sent.url).content.decode()
    assert "没有填写姓名。名册每行登记一名干部" in html
    assert client.post(sent.url + "commit/", {"clean_only": "1", "seen": "many"}).status_code == 302
    with inside(served):
        work_off(ROSTER, on=today, at=timezone.now())
        assert Cadre.objects.get(post__person_name="洪七").post.role == "community_secretary"
    assert client.post(sent.url + "undo/").status_code == 302
    with inside(served):
        assert not Cadre.objects.filter(post__person_name="洪七").exists()


def test_days_of_the_fixture_lie_in_the_past():
    assert timezone.localdate() > DAY
