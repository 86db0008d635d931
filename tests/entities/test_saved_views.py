"""常用视图: a filter under a name, as a tab with its count, for its keeper or for his whole place."""

from datetime import UTC, datetime

import pytest

from entities.actions.views import change_view, keep_view, move_view, remove_view, restore_view
from entities.models import SavedView
from tenancy.models import AuditEvent
from tenancy.rules.refusals import Refused
from tenancy.scoping import acting_in
from tests.cast import Cast
from tests.entities.test_register_acts import added
from tests.entities.test_register_pages import names_on, queries

NOW = datetime(2026, 11, 2, 2, tzinfo=UTC)
HOME = "/entities/views/"


@pytest.fixture
def street(cast: Cast):
    added(cast, "老李火锅")
    added(cast, "未定级店", staff=None, revenue=None)
    return cast


def kept(
    cast: Cast, name: str = "微型", query: str = "size=micro", who: str = "li", *, shared: bool = False
) -> SavedView:
    post = cast.posts[who]
    with acting_in(post.place):
        return keep_view(name, query, shared=shared, by=post)


def tabs(cast: Cast, query: str = "", who: str = "li") -> list[tuple[str, int, bool]]:
    page = cast.client(who).get(f"/entities/?{query}")
    return [(str(tab["label"]), tab["count"], tab["current"]) for tab in page.context["tabs"]][3:]


def test_a_filter_is_kept_in_one_order_and_opens_with_its_rows(street: Cast) -> None:
    client = street.client("li")
    answer = client.post(f"{HOME}?page=2&size=micro&grade=D&grade=C&q=火锅", {"name": " 微型火锅 "}, follow=True)
    with acting_in(street.li.place):
        view = SavedView.objects.get()
        assert AuditEvent.objects.filter(action="entities.view.kept", subject_id=view.pk).count() == 1
    assert (view.name, view.keeper_id, view.shared) == ("微型火锅", street.li.pk, False)
    assert answer.redirect_chain == [(f"/entities/?{view.query}", 302)]
    assert view.query == "q=%E7%81%AB%E9%94%85&grade=C&grade=D&size=micro"
    assert (names_on(answer), tabs(street, view.query)) == (["老李火锅"], [("微型火锅", 1, True)])


def test_a_tab_counts_what_stands_in_it_today(street: Cast) -> None:
    kept(street)
    kept(street, "没规模", "defect=no-size")
    assert tabs(street) == [("微型", 1, False), ("没规模", 1, False)]
    added(street, "新店")
    assert tabs(street, "defect=no-size") == [("微型", 2, False), ("没规模", 1, True)]


@pytest.mark.parametrize("views", [1, 3])
def test_all_views_are_counted_in_one_question(street: Cast, views: int) -> None:
    for number in range(views):
        kept(street, f"视图{number}", f"q={number}&defect=odd-uscc")
    # Eight around the view; of the nine of a list one reads the views and none counts them alone.
    assert queries(street.client("li"), "/entities/") == 8 + 9


def test_what_a_view_no_longer_knows_is_left_out_of_its_filter(street: Cast) -> None:
    with acting_in(street.li.place):
        SavedView.objects.create(
            jurisdiction=street.li.jurisdiction,
            place=street.li.place,
            keeper=street.li,
            name="旧",
            query="defect=gone&q=火锅",
        )
    assert tabs(street) == [("旧", 1, False)]


def test_a_view_is_its_keepers_until_it_is_shared(street: Cast) -> None:
    view = kept(street)
    reader, mine = street.client("leng"), {"name": "改名"}
    assert (tabs(street), tabs(street, who="leng")) == ([("微型", 1, False)], [])
    assert reader.post(f"{HOME}{view.pk}/", mine).status_code == 404
    assert reader.get("/api/entities/views/").json() == {"views": []}
    with acting_in(street.li.place):
        change_view(view, name="微型", shared=True, by=street.li)
    assert tabs(street, who="leng") == [("微型", 1, False)]
    refused = reader.post(f"{HOME}{view.pk}/", mine)
    assert refused.status_code == 403 and "没有“维护主体台账”权限" in refused.content.decode()
    with acting_in(street.li.place):
        assert SavedView.objects.get().name == "微型"


def test_only_who_keeps_the_register_shares(street: Cast) -> None:
    sent = {"name": "共用的", "shared": "on"}
    answer = street.client("leng").post(f"{HOME}?size=micro", sent)
    assert answer.status_code == 403 and "没有“维护主体台账”权限" in answer.content.decode()
    assert street.client("leng").post(f"{HOME}?size=micro", {"name": "自己的"}).status_code == 302
    assert tabs(street, who="leng") == [("自己的", 1, False)]


@pytest.mark.parametrize("who", ["zhao", "qian", "sun"])
def test_another_place_sees_no_view_of_this_one(street: Cast, who: str) -> None:
    view = kept(street, shared=True)
    client = street.client(who)
    assert tabs(street) == [("微型", 1, False)]
    assert (tabs(street, who=who), client.get("/api/entities/views/").json()) == ([], {"views": []})
    for act in ("", "move/", "remove/", "restore/"):
        assert client.post(f"{HOME}{view.pk}/{act}", {"name": "改名"}).status_code == 404
    assert client.delete(f"/api/entities/views/{view.pk}/").status_code == 404


def test_views_are_moved_and_stay_at_an_end(street: Cast) -> None:
    views = [kept(street, name) for name in "甲乙丙"]
    with acting_in(street.li.place):
        move_view(views[2], -1, by=street.li)
        move_view(views[0], -5, by=street.li)
    assert [tab[0] for tab in tabs(street)] == ["甲", "丙", "乙"]
    street.client("li").post(f"{HOME}{views[0].pk}/move/", {"way": "down"})
    assert [tab[0] for tab in tabs(street)] == ["丙", "甲", "乙"]


def test_a_removed_view_comes_back_as_it_was(street: Cast) -> None:
    view, client = kept(street, shared=True), street.client("li")
    page = client.post(f"{HOME}{view.pk}/remove/", follow=True)
    assert f"{HOME}{view.pk}/restore/" in page.content.decode()
    assert tabs(street) == []
    client.post(f"{HOME}{view.pk}/restore/")
    assert tabs(street) == [("微型", 1, False)]


def test_refusals_say_what_and_how_to_mend(street: Cast, settings) -> None:
    settings.SAVED_VIEWS = 2
    view = kept(street)
    with pytest.raises(Refused, match="已经有一个常用视图叫“微型”；请换一个名称"):
        kept(street)
    with acting_in(street.li.place):
        remove_view(view, by=street.li, at=NOW)
    again = kept(street)
    with acting_in(street.li.place):
        with pytest.raises(Refused, match="已经有一个常用视图叫“微型”"):
            restore_view(view, by=street.li)
        with pytest.raises(Refused, match="没有删除，不用恢复"):
            restore_view(again, by=street.li)
    kept(street, "第二个")
    with pytest.raises(Refused, match="常用视图最多存 2 个，已经存满；请先删掉不用的"):
        kept(street, "第三个")
    answer = street.client("li").post(HOME, {"name": ""})
    assert answer.status_code == 422 and "请给视图起个名称" in answer.content.decode()


def test_the_api_keeps_changes_moves_removes_and_restores(street: Cast) -> None:
    client, json = street.client("li"), "application/json"
    made = client.post("/api/entities/views/", {"name": "微型", "query": "page=3&size=micro"}, json).json()
    assert (made["name"], made["query"], made["shared"], made["position"]) == ("微型", "size=micro", False, 0)
    one = f"/api/entities/views/{made['id']}/"
    assert client.patch(one, {"shared": True}, json).json()["shared"] is True
    assert client.post(f"{one}move/", {"steps": 1}, json).json()["position"] == 0
    assert client.post(f"{one}move/", {"steps": "x"}, json).status_code == 422
    listed = client.get("/api/entities/views/").json()["views"]
    assert [(each["name"], each["count"]) for each in listed] == [("微型", 1)]
    assert client.delete(one).status_code == 204
    assert client.get("/api/entities/views/").json() == {"views": []}
    assert client.post(f"{one}restore/").json()["name"] == "微型"
    unfit = client.post("/api/entities/views/", {"name": "错", "query": "defect=no-such"}, json)
    assert (unfit.status_code, list(unfit.json()["fields"])) == (422, ["query"])
    taken = client.post("/api/entities/views/", {"name": "微型", "query": ""}, json)
    assert (taken.status_code, taken.json()["code"]) == (409, "view-taken")
