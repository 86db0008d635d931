"""Posts: several places in one post, the end of a post, rights for a time, what every role is."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tenancy.actions.accounts import appoint, create_login, dismiss, serve_places
from tenancy.actions.rights import lend_right, return_right
from tenancy.middleware.tokens import places_of
from tenancy.models import JurisdictionGroupPermission, Post
from tenancy.policies import granted_roots, may
from tenancy.queries.accounts import lent_right
from tenancy.rules.refusals import Refused
from tenancy.rules.roles import LENDABLE_RIGHTS, RIGHT_LABELS, ROLES, Right, Role
from tenancy.scoping import acting_in
from tests.cast import PASSWORD, SINCE, Cast

TODAY = date(2026, 11, 25)


@pytest.fixture
def station(cast: Cast) -> Post:
    """A station that stands in the district and serves streets of it."""
    with acting_in(cast.places["东城区"].path):
        cast.posts["suo"] = appoint(
            cast.places["东城区"], role=Role.STATION_OFFICER, person_name="索所长", since=SINCE,
            user=create_login("suo", password=PASSWORD), by=None,
        )  # fmt: skip
    return cast.suo


def test_a_post_serves_the_streets_it_was_handed_and_no_other(cast: Cast, station: Post) -> None:
    places = [cast.places["甲街道"].pk]
    answer = cast.client("guan").post(f"/settings/posts/{station.pk}/places/", {"places": places})
    assert answer.status_code == 302
    assert [each["name"] for each in cast.client("guan").get(f"/api/posts/{station.pk}/").json()["serves"]] == [
        "甲街道"
    ]
    with acting_in(cast.places["东城区"].path):
        # What the middleware opens for it from now on.
        assert places_of(station) == [cast.places["甲街道"].path]
    cast.client("guan").post(f"/settings/posts/{station.pk}/places/", {})
    with acting_in(cast.places["东城区"].path):
        assert places_of(station) == [station.place]


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (["甲街道", "一社区"], "服务区域不能互相包含"),
        (["东城区"], ""),
    ],
)
def test_served_places_do_not_nest(cast: Cast, station: Post, names: list[str], sentence: str) -> None:
    places = [cast.places[name].pk for name in names]
    client = cast.client("guan")
    page = client.post(f"/settings/posts/{station.pk}/places/", {"places": places})
    told = client.post(f"/api/posts/{station.pk}/places/", {"places": places}, content_type="application/json")
    if not sentence:
        assert (page.status_code, told.status_code) == (302, 200)
        return
    assert (page.status_code, told.status_code) == (409, 409)
    assert sentence in page.content.decode()
    assert sentence in told.json()["detail"]


def test_a_place_outside_the_posts_own_or_the_tenant_is_refused(cast: Cast) -> None:
    with acting_in(cast.places["东城区"].path), pytest.raises(Refused, match="请设在它们共同的上级"):
        serve_places(cast.zhou, [cast.places["甲街道"], cast.places["乙街道"]], by=cast.guan)
    page = cast.client("guan").post(f"/settings/posts/{cast.zhou.pk}/places/", {"places": [cast.places["丙街道"].pk]})
    assert (page.status_code, "没有这个区划" in page.content.decode()) == (422, True)


@pytest.mark.parametrize("name", ["guan", "an"])
def test_a_post_ends_on_its_day_and_its_person_is_out_of_it(cast: Cast, name: str) -> None:
    today, person = timezone.localdate(), cast.client("li")
    assert person.get("/entities/").status_code == 200
    ended = cast.client(name).post(f"/settings/posts/{cast.li.pk}/end/", {"on": today.isoformat()})
    assert ended.status_code == 302
    assert person.get("/entities/").status_code == 403
    with acting_in(cast.places["甲街道"].path):
        assert Post.objects.get(pk=cast.li.pk).valid.upper == today


@pytest.mark.parametrize(
    ("day", "status", "sentence"),
    [
        ("2026-01-01", 409, "离任日期必须晚于任职日期"),
        ("2025-12-31", 409, "离任日期必须晚于任职日期"),
        ("昨天", 422, "日期请写成 2026-10-09 这样"),
    ],
)
def test_an_end_before_its_beginning_is_refused(cast: Cast, day: str, status: int, sentence: str) -> None:
    client = cast.client("guan")
    page = client.post(f"/settings/posts/{cast.li.pk}/end/", {"on": day})
    told = client.post(f"/api/posts/{cast.li.pk}/end/", {"on": day}, content_type="application/json")
    assert (page.status_code, told.status_code) == (status, status)
    assert sentence in page.content.decode()
    assert sentence in told.json()["detail"]


def test_a_post_that_is_over_is_not_ended_again_and_never_grows(cast: Cast) -> None:
    with acting_in(cast.places["东城区"].path):
        dismiss(cast.li, by=cast.guan, on=date(2026, 5, 1))
        with pytest.raises(Refused, match="到2026-05-01已经结束"):
            dismiss(cast.li, by=cast.guan, on=date(2026, 6, 1))


def test_nobody_ends_his_own_post(cast: Cast) -> None:
    page = cast.client("guan").post(f"/settings/posts/{cast.guan.pk}/end/", {"on": "2027-01-01"})
    assert (page.status_code, "不能办理自己的离任" in page.content.decode()) == (409, True)


def test_a_person_with_several_posts_has_them_all_on_his_account(cast: Cast) -> None:
    with acting_in(cast.places["东城区"].path):
        appoint(cast.places["乙街道"], role=Role.INSPECTOR, person_name="李㛃", since=SINCE, user=cast.li.user, by=None)
    page = cast.client("guan").get("/settings/accounts/?q=李㛃")
    assert [[post.jurisdiction.name for post in posts] for _, posts in page.context["rows"]] == [["甲街道", "乙街道"]]
    assert [b"\xe4\xb9\x99\xe8\xa1\x97\xe9\x81\x93" in cast.client("li").get("/posts/").content] == [True]


WINDOW = {"since": TODAY, "until": TODAY + timedelta(days=10)}


def lent(cast: Cast, post: Post, right: Right = Right.APPROVE_LIST, place: str = "甲街道", **changed: object):
    words = {**WINDOW, "reason": "代班", "by": cast.an} | changed
    return lend_right(post, right, cast.places[place], **words)


def test_a_lent_right_holds_in_its_window_for_this_post_alone(cast: Cast) -> None:
    with acting_in(cast.places["东城区"].path):
        twin = appoint(cast.places["甲街道"], role=Role.LEADER, person_name="另一位", since=SINCE, by=None)
        lent(cast, cast.leng)
        days = (TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=9), TODAY + timedelta(days=10))
        held = [bool(may(cast.leng, Right.APPROVE_LIST, cast.places["甲街道"].path, on=day)) for day in days]
        assert held == [False, True, True, False]
        assert not may(twin, Right.APPROVE_LIST, on=TODAY)
        assert not may(cast.leng, Right.APPROVE_LIST, cast.places["乙街道"].path, on=TODAY)


def test_a_lent_right_works_in_pages_and_ends_when_it_is_taken_back(cast: Cast) -> None:
    today, an = timezone.localdate(), cast.client("an")
    words = {"right": "export_data", "place": cast.places["甲街道"].pk, "reason": "代班"}
    window = {"since": today.isoformat(), "until": (today + timedelta(days=3)).isoformat()}
    assert cast.client("leng").get("/exports/").status_code == 403
    assert an.post(f"/settings/posts/{cast.leng.pk}/rights/", words | window).status_code == 302
    assert cast.client("leng").get("/exports/").status_code == 200
    with acting_in(cast.places["东城区"].path):
        row = lent_right(Post.objects.get(pk=cast.leng.pk)).get()
    assert an.post(f"/settings/posts/{cast.leng.pk}/rights/{row.pk}/end/").status_code == 302
    assert cast.client("leng").get("/exports/").status_code == 403
    assert not JurisdictionGroupPermission.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize(
    ("right", "place", "changed", "sentence"),
    [
        (Right.GRANT_ROLES, "甲街道", {}, "只随角色产生，不能临时授予"),
        (Right.VISIT, "甲街道", {}, "只随角色产生，不能临时授予"),
        (Right.VIEW_PROGRESS, "甲街道", {}, "本来就有“查看督导进度”"),
        (Right.EXPORT, "乙街道", {}, "不在该岗位办理业务的区域之内"),
        (Right.EXPORT, "甲街道", {"until": TODAY}, "必须晚于开始日期"),
        (Right.EXPORT, "甲街道", {"until": date(2028, 1, 1)}, "最长一年"),
    ],
)
def test_what_cannot_be_lent_is_said(cast: Cast, right: Right, place: str, changed: dict, sentence: str) -> None:
    with acting_in(cast.places["东城区"].path), pytest.raises(Refused, match=sentence):
        lent(cast, cast.leng, right, place, **changed)


@pytest.mark.parametrize("name", ["guan", "shen"])
def test_administrators_are_lent_nothing(cast: Cast, name: str) -> None:
    for right in LENDABLE_RIGHTS:
        with acting_in(cast.places["东城区"].path), pytest.raises(Refused, match="不兼办业务"):
            lent(cast, cast.posts[name], right, "东城区")


def test_nobody_lends_to_himself_and_no_right_twice(cast: Cast) -> None:
    with acting_in(cast.places["东城区"].path):
        with pytest.raises(Refused, match="不能给自己授权"):
            lent(cast, cast.an, Right.EXPORT, "东城区")
        row = lent(cast, cast.leng)
        with pytest.raises(Refused, match=f"已临时授予到{WINDOW['until']}"):
            lent(cast, cast.leng)
        return_right(cast.leng, row, by=cast.an, on=TODAY + timedelta(days=2))
        again = lent(cast, cast.leng, since=TODAY + timedelta(days=5), until=TODAY + timedelta(days=6))
        assert (again.pk, again.valid.lower) == (row.pk, TODAY + timedelta(days=5))


def test_the_page_of_roles_prints_what_the_rules_say_and_who_holds_them(cast: Cast) -> None:
    page = cast.client("shen").get("/settings/roles/")
    text = page.content.decode()
    for role, words in ROLES.items():
        assert words.paragraph in text
        row = next(row for row in page.context["rows"] if row["code"] == role)
        assert row["rights"] == [RIGHT_LABELS[right] for right in Right if right in words.rights]
    held = {row["code"]: [post.person_name for post in row["holders"].posts] for row in page.context["rows"]}
    assert held["street_office"] == ["李㛃", "赵乙"]
    assert held["system_admin"] == ["关系统"]
    assert held["inspector"] == []
    assert "李㛃（甲街道，2026-01-01 起）" in text


@pytest.mark.parametrize("extra", [1, 3])
def test_roles_and_posts_cost_the_same_however_many_hold_them(
    cast: Cast, extra: int, django_assert_num_queries
) -> None:
    with acting_in(cast.places["东城区"].path):
        for number in range(extra):
            appoint(cast.places["甲街道"], role=Role.INSPECTOR, person_name=f"督{number}", since=SINCE, by=None)
    client = cast.client("guan")
    with django_assert_num_queries(15):
        client.get("/settings/roles/")
    with django_assert_num_queries(18):
        page = client.get("/settings/posts/?q=督")
    assert page.context["page"].paginator.count == extra


@pytest.mark.parametrize(
    ("tab", "names"), [("", ["在任者", "无账号"]), ("free", ["无账号"]), ("coming", ["未到任"]), ("ended", ["已离任"])]
)
def test_the_tabs_of_posts(cast: Cast, tab: str, names: list[str]) -> None:
    today = timezone.localdate()
    place = cast.places["乙街道"]
    with acting_in(cast.places["东城区"].path):
        appoint(place, role=Role.LEADER, person_name="在任者", since=SINCE, user=create_login("zai"), by=None)
        appoint(place, role=Role.LEADER, person_name="无账号", since=SINCE, by=None)
        appoint(place, role=Role.LEADER, person_name="未到任", since=today + timedelta(days=1), by=None)
        appoint(place, role=Role.LEADER, person_name="已离任", since=SINCE, until=today, by=None)
    page = cast.client("an").get(f"/settings/posts/?tab={tab}&role=leader&area={place.pk}")
    assert sorted(post.person_name for post in page.context["page"]) == sorted(names)


def test_granted_roots_of_a_post_without_lent_rights_are_those_of_its_role(cast: Cast) -> None:
    assert set(granted_roots(cast.li, TODAY)) == {right.value for right in ROLES[Role.STREET_OFFICE].rights}
