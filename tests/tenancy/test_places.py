"""The tree's pages: new places one by one or pasted, corrections, closing with what is still there."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entities.models import Entity
from tenancy.actions.accounts import appoint
from tenancy.actions.tree import add_places, close_place, found_place, reopen_place
from tenancy.models import AuditEvent, Jurisdiction, PostPlace
from tenancy.queries.tree import child_levels
from tenancy.rules.divisions import Division, Known, read_lines, segment_for
from tenancy.rules.refusals import Refused
from tenancy.rules.roles import Role
from tenancy.scoping import acting_in
from tests.cast import SINCE, Cast

NOTHING = Known(frozenset(), frozenset())
TODAY = date(2026, 11, 25)


def test_lines_are_read_as_offices_paste_them() -> None:
    text = "990101001101\t阳光社区\n\n 990101001102　星河社区 \n月亮 湾社区\n９９０１０１００１１０３ 翠湖社区\n"
    divisions, faults = read_lines(text, NOTHING)
    assert faults == []
    assert divisions == [
        Division("阳光社区", "990101001101"),
        Division("星河社区", "990101001102"),
        Division("月亮 湾社区"),
        Division("翠湖社区", "990101001103"),
    ]


def test_every_fault_of_a_list_is_said_at_once_with_its_line() -> None:
    known = Known(frozenset({"一社区"}), frozenset({"990101001001"}))
    text = (
        "一社区\n新社区\n12345\t短码社区\n990101001001\t占码社区\n新社区\n甲/乙\n990101001009\t九社区\n990101001009\t十社区\n"
        + "长" * 61
    )
    assert read_lines(text, known)[1] == [
        "第1行：“一社区”已存在，同一上级下名称不能重复。",
        "第3行：编码“12345”应为6至12位数字。",
        "第4行：编码“990101001001”已用于别的区划。",
        "第5行：与第2行同名。",
        "第6行：名称“甲/乙”里不能有斜杠。",
        "第8行：与第7行编码相同。",
        "第9行：名称有61个字，最多60个字。",
    ]


def test_too_many_lines_are_refused_before_they_are_read() -> None:
    assert read_lines("社区\n" * 501, NOTHING) == ([], ["一次最多500行，现在有501行；请分几次粘贴。"])


@given(st.text(max_size=200))
def test_any_text_gives_either_clean_divisions_or_faults(text: str) -> None:
    divisions, faults = read_lines(text, NOTHING)
    names = [division.name for division in divisions]
    if not faults:
        assert all(0 < len(name) <= 60 and "/" not in name for name in names)
        assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("code", "parent", "segment"),
    [
        ("310112006", "310112", "006"), ("310112006000", "310112", "006"), ("310112006001", "310112006", "001"),
        ("310112006001", "310112006000", "001"), ("310110", "310100", "10"), ("310110", "310000", "01"),
        ("990101001101", "", "990101001101"), ("888888", "310112", "888888"), ("", "310112", "001"), ("", "", "001"),
    ],
)  # fmt: skip
def test_a_path_ends_with_the_digits_a_code_adds_to_its_parents(code: str, parent: str, segment: str) -> None:
    assert segment_for(code, parent) == segment


def add(cast: Cast, lines: str, name: str = "甲街道", who: str = "guan", level: str = "community"):
    client, place = cast.client(who), cast.places[name]
    words = {"level": level, "lines": lines}
    return client.post(f"/settings/places/{place.pk}/add/", words)


def test_pasted_places_stand_under_their_parent_with_paths_of_their_own(cast: Cast) -> None:
    assert add(cast, "三十社区\n990101001031\t三一社区").status_code == 302
    made = Jurisdiction.objects.filter(parent=cast.places["甲街道"]).order_by("path")
    assert [(place.name, place.level, place.code) for place in made] == [
        ("一社区", "community", ""), ("二社区", "community", ""), ("三十社区", "community", ""),
        ("三一社区", "community", "990101001031"),
    ]  # fmt: skip
    assert len({place.path for place in made}) == 4
    assert all(place.id_path == f"{cast.places['甲街道'].id_path}{place.pk}/" for place in made)


def test_nothing_is_written_while_a_line_is_wrong(cast: Cast) -> None:
    page = add(cast, "三十社区\n一社区\n二社区")
    assert page.status_code == 422
    text = page.content.decode()
    assert "第2行：“一社区”已存在" in text
    assert "第3行：“二社区”已存在" in text
    assert not Jurisdiction.objects.filter(name="三十社区").exists()


def test_the_levels_come_from_the_plan_and_begin_with_the_sisters(cast: Cast) -> None:
    with acting_in(cast.places["东城区"].path):
        assert child_levels(cast.places["甲街道"], TODAY)[0] == ("community", "社区")
        assert [code for code, _ in child_levels(cast.places["东城区"], TODAY)][:2] == ["street", "city"]


def test_one_renames_what_stands_below_and_not_ones_own(cast: Cast) -> None:
    client, place = cast.client("guan"), cast.places["一社区"]
    assert client.post(f"/settings/places/{place.pk}/edit/", {"name": "壹社区", "code": ""}).status_code == 302
    place.refresh_from_db()
    assert (place.name, place.sort_key[:2]) == ("壹社区", "yi")
    with acting_in(cast.places["东城区"].path):
        event = AuditEvent.objects.get(action="tenancy.place.renamed")
        assert (event.before, event.after) == ({"name": "一社区", "code": ""}, {"name": "壹社区", "code": ""})
    own = client.post(f"/settings/places/{cast.places['东城区'].pk}/edit/", {"name": "新区", "code": ""})
    assert (own.status_code, "是您所在的单位，名称和撤并由上级办理" in own.content.decode()) == (403, True)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"name": "二社区"}, "“二社区”已存在，同一上级下名称不能重复。"),
        ({"name": "一社区", "code": "12"}, "编码“12”应为6至12位数字。"),
        ({"name": "一社区", "code": "990101"}, "编码“990101”已用于别的区划。"),
        ({"name": ""}, "该字段是必填项。"),
    ],
)
def test_a_correction_that_does_not_fit_is_said_alike(cast: Cast, words: dict[str, str], sentence: str) -> None:
    client, place = cast.client("guan"), cast.places["一社区"]
    page = client.post(f"/settings/places/{place.pk}/edit/", words)
    told = client.patch(f"/api/places/{place.pk}/", words, content_type="application/json")
    assert (page.status_code, told.status_code) == (422, 422)
    assert sentence in page.content.decode()
    assert sentence in told.json()["detail"]


def empty_place(cast: Cast) -> Jurisdiction:
    with acting_in(cast.places["东城区"].path):
        return found_place(cast.places["甲街道"], name="空社区", level="community", segment="777", by=None)


def test_an_empty_place_is_closed_and_comes_back(cast: Cast) -> None:
    client, place = cast.client("guan"), empty_place(cast)
    assert client.post(f"/settings/places/{place.pk}/close/").status_code == 302
    assert "“空社区”已撤销。" in client.get("/settings/places/").content.decode()
    offered = client.get("/settings/accounts/new/").content.decode()
    assert "空社区" not in offered
    assert "一社区" in offered
    assert client.post(f"/settings/places/{place.pk}/reopen/").status_code == 302
    client.get("/settings/places/")
    assert "空社区" in client.get("/settings/accounts/new/").content.decode()


def test_a_place_with_entities_says_how_many_and_what_to_do(cast: Cast) -> None:
    place = empty_place(cast)
    with acting_in(place.path):
        for number, status in enumerate(("active", "stopped", "cancelled", "revoked")):
            Entity.objects.create(
                jurisdiction=place, place=place.path, name=f"店{number}", business_type="retail", status=status
            )
    client = cast.client("guan")
    asked = client.get(f"/settings/places/{place.pk}/close/")
    page = client.post(f"/settings/places/{place.pk}/close/")
    told = client.post(f"/api/places/{place.pk}/close/")
    assert "还有 2 家在册主体" in asked.content.decode()
    assert (page.status_code, told.status_code) == (409, 409)
    sentence = "“空社区”还有2家在册主体，不能撤销；请先由街道经办在台账里把它们改到别的社区，或办理注销。"
    assert sentence in page.content.decode()
    assert told.json() == {"code": "place-has-entities", "detail": sentence}


def test_a_place_with_places_or_posts_is_not_closed(cast: Cast) -> None:
    client = cast.client("guan")
    street = client.post(f"/settings/places/{cast.places['甲街道'].pk}/close/")
    assert "下面还有2个区划，不能撤销" in street.content.decode()
    community = client.post(f"/settings/places/{cast.places['一社区'].pk}/close/")
    assert "还有2个在任岗位，不能撤销" in community.content.decode()
    place = empty_place(cast)
    with acting_in(cast.places["东城区"].path):
        PostPlace.objects.create(post=cast.zhou, place=cast.zhou.place, jurisdiction=place)
        with pytest.raises(Refused, match="还有1个在任岗位"):
            close_place(place, by=cast.guan, on=TODAY)


def test_a_post_that_ended_or_a_closed_child_does_not_keep_a_place_open(cast: Cast) -> None:
    place = empty_place(cast)
    with acting_in(cast.places["东城区"].path):
        appoint(place, role=Role.LEADER, person_name="旧人", since=SINCE, until=TODAY, by=None)
        child = found_place(place, name="旧村", level="community", segment="001", by=None)
        close_place(child, by=cast.guan, on=TODAY)
        assert close_place(place, by=cast.guan, on=TODAY).closed_on == TODAY
        with pytest.raises(Refused, match="已撤销；请先恢复上级"):
            reopen_place(Jurisdiction.objects.get(pk=child.pk), by=cast.guan)
        with pytest.raises(Refused, match="不能再设下级区划"):
            add_places(Jurisdiction.objects.get(pk=place.pk), [Division("新村")], level="community", by=cast.guan)


def test_a_name_in_use_again_keeps_the_old_place_closed(cast: Cast) -> None:
    place = empty_place(cast)
    with acting_in(cast.places["东城区"].path):
        closed = close_place(place, by=cast.guan, on=TODAY)
        found_place(cast.places["甲街道"], name="空社区", level="community", segment="778", by=None)
        with pytest.raises(Refused, match="同一上级下已有“空社区”"):
            reopen_place(closed, by=cast.guan)


@pytest.mark.parametrize("name", ["li", "an", "shen", "qian"])
def test_only_the_system_administrator_changes_the_tree(cast: Cast, name: str) -> None:
    assert add(cast, "三十社区", who=name).status_code == 403
    assert not Jurisdiction.objects.filter(name="三十社区").exists()


def test_the_plan_editor_reads_the_tree_and_changes_nothing(cast: Cast) -> None:
    client = cast.client("he")
    assert [section.page for section, _ in client.get("/settings/").context["sections"]] == [
        "tenancy:show-roles",
        "tenancy:list-places",
        "tenancy:list-plans",
        "reports:show-calendar",
    ]
    page = client.get("/settings/places/").content.decode()
    assert "甲街道" in page
    assert "新增" not in page
    assert add(cast, "三十社区", who="he").status_code == 403


@pytest.mark.parametrize("extra", [1, 3])
def test_the_tree_costs_the_same_however_wide_it_is(cast: Cast, extra: int, django_assert_num_queries) -> None:
    with acting_in(cast.places["东城区"].path):
        for number in range(extra):
            found_place(cast.places["甲街道"], name=f"新{number}", level="community", segment=f"70{number}", by=None)
    client = cast.client("guan")
    with django_assert_num_queries(18):
        page = client.get("/settings/places/")
    nodes = {node.place.name: (node.depth, node.below, node.people) for node, _ in page.context["nodes"]}
    assert nodes["东城区"] == (0, 2, 13)
    assert nodes["甲街道"] == (1, 2 + extra, 7)
    assert nodes["一社区"] == (2, 0, 2)
    assert len(nodes) == 6 + extra


def test_the_settings_hold_something_for_each_administrator(cast: Cast) -> None:
    shown = {
        name: [section.page.split(":")[1] for section, _ in cast.client(name).get("/settings/").context["sections"]]
        for name in ("guan", "an", "shen")
    }
    assert shown == {
        "guan": ["list-accounts", "list-posts", "list-petitions", "show-roles", "list-places"],
        "an": ["list-posts", "list-petitions", "show-roles"],
        "shen": ["show-roles", "list-events", "verify-trail"],
    }
    assert cast.client("li").get("/settings/").status_code == 403
    assert 'href="/settings/"' in cast.client("guan").get("/").content.decode()
