"""集聚场所, 连锁企业 and sellers without an address: kept, belonged to, found and exported."""

import pytest
from django.db import IntegrityError, transaction

from entities.actions.bulk import change_many, undo_bulk
from entities.actions.groups import Belonging, add_group, change_group, place_entity
from entities.actions.register import version_of
from entities.models import Chain, Cluster, Entity
from entities.queries.finding import RegisterFilter, register
from entities.queries.groups import groups_of_kind
from entities.rules.bulk import BulkKind, Wish
from entities.rules.quality import Defect
from reports.queries.sheets import ledger_sheet
from tenancy.models import AuditEvent
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import Refused
from tenancy.scoping import acting_in
from tests.cast import Cast
from tests.entities.ledgers import uscc
from tests.entities.test_register_acts import ON, added

MARKET = {"kind": "market", "name": "平吉农贸市场", "address": "平吉路88号", "operator": "某公司"}


def market(cast: Cast, place: str = "甲街道", who: str = "li", **facts) -> Cluster:
    with acting_in(cast.posts[who].place):
        return add_group(cast.places[place], "cluster", MARKET | facts, by=cast.posts[who])


def placed(cast: Cast, entity: Entity, **belonging) -> Entity:
    with acting_in(cast.li.place):
        entity.refresh_from_db()
        return place_entity(entity, Belonging(**belonging), by=cast.li, on=ON, seen=version_of(entity))


def test_a_stall_belongs_to_a_cluster_and_the_trail_says_what_changed(cast: Cast) -> None:
    entity = placed(cast, added(cast), cluster=market(cast), stall="A12")
    with acting_in(cast.li.place):
        entity.refresh_from_db()
        assert (entity.cluster.name, entity.stall) == ("平吉农贸市场", "A12")
        event = AuditEvent.objects.get(action="entities.belonging.changed")
        assert (event.before, {key: event.after[key] for key in ("cluster", "stall")}) == (
            {"cluster": "", "stall": ""}, {"cluster": "平吉农贸市场", "stall": "A12"},
        )  # fmt: skip
    with pytest.raises(Refused, match="没有变化"):
        placed(cast, entity, cluster=entity.cluster, stall="A12")


def test_what_does_not_fit_together_is_refused_by_act_and_database(cast: Cast) -> None:
    entity = added(cast)
    with pytest.raises(Refused, match="没有选集聚场所"):
        placed(cast, entity, stall="A12")
    with pytest.raises(Refused, match="没有填出摊地点"):
        placed(cast, entity, sells_hours="早上")
    with acting_in(cast.li.place):
        for wrong in ({"stall": "A12"}, {"sells_hours": "早上"}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Entity.objects.filter(pk=entity.pk).update(**wrong)


def test_a_cluster_takes_shops_of_its_place_only_and_none_once_closed(cast: Cast) -> None:
    other = market(cast, "二社区")
    entity = added(cast, place="一社区")
    with pytest.raises(Refused, match="不在这家主体所在的辖区"):
        placed(cast, entity, cluster=other)
    own = market(cast, name="古美市场")
    entity = placed(cast, entity, cluster=own)
    with acting_in(cast.li.place):
        change_group(own, {"closed_on": ON}, by=cast.li)
        own.refresh_from_db()
    # What belongs to it already may still be corrected.
    placed(cast, entity, cluster=own, stall="3")
    with pytest.raises(Refused, match="已停办"):
        placed(cast, added(cast, "另一家"), cluster=own)


def test_no_two_of_one_name_in_one_place(cast: Cast) -> None:
    first = market(cast)
    with pytest.raises(Refused, match="已经有叫“平吉农贸市场”"):
        market(cast)
    market(cast, "一社区")
    with acting_in(cast.li.place):
        change_group(first, {"closed_on": ON}, by=cast.li)
    assert market(cast).pk != first.pk


def test_the_community_reads_the_streets_cluster_and_the_next_street_does_not(cast: Cast) -> None:
    entity = placed(cast, added(cast), cluster=(kept := market(cast)))
    with acting_in(cast.places["一社区"].path):
        assert list(Cluster.objects.values_list("pk", flat=True)) == [kept.pk]
        assert Entity.objects.select_related("cluster").get(pk=entity.pk).cluster == kept
    for who in ("zhao", "sun"):
        with acting_in(cast.posts[who].place):
            assert list(Cluster.objects.all()) == []


def test_its_page_counts_and_lists_and_leads_to_the_register(cast: Cast) -> None:
    kept = market(cast)
    for number, name in enumerate(("甲店", "乙店")):
        placed(cast, added(cast, name), cluster=kept, stall=f"A{number}")
    placed(cast, added(cast, "丙店", staff=None, revenue=None), cluster=kept)
    added(cast, "不在市场的店")
    client = cast.client("li")
    response = client.get(f"/entities/groups/cluster/{kept.pk}/")
    assert [row.entity.name for row in response.context["rows"]] == ["丙店", "甲店", "乙店"]
    counts = response.context["counts"]
    assert (counts.total, counts.grades, counts.states) == (
        3, [("A", 0), ("B", 0), ("C", 0), ("D", 2), ("", 1)], [("在营", 3)],
    )  # fmt: skip
    listed = client.get(f"/entities/?cluster={kept.pk}")
    assert sorted(row.entity.name for row in listed.context["rows"]) == ["丙店", "乙店", "甲店"]
    assert "平吉农贸市场" in listed.content.decode()
    assert client.get("/entities/?cluster=987654").context["form"].errors.keys() == {"cluster"}
    with acting_in(cast.li.place):
        assert [(each.name, each.shops) for each in groups_of_kind("cluster")] == [("平吉农贸市场", 3)]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_the_same_for_one_and_three(cast: Cast, rows: int, django_assert_num_queries) -> None:
    kept = market(cast)
    for number in range(rows):
        placed(cast, added(cast, f"{number}号店"), cluster=kept)
    client = cast.client("li")
    client.get(f"/entities/groups/cluster/{kept.pk}/")
    with django_assert_num_queries(19):
        client.get(f"/entities/groups/cluster/{kept.pk}/")


def test_a_chain_finds_its_headquarters_by_the_code_and_does_without(cast: Cast) -> None:
    head = added(cast, "粥店总部", uscc=uscc(7))
    with acting_in(cast.li.place):
        chain = add_group(cast.places["甲街道"], "chain", {"name": "粥店", "uscc": uscc(7)}, by=cast.li)
        far = add_group(cast.places["甲街道"], "chain", {"name": "外地连锁", "uscc": uscc(8)}, by=cast.li)
    shop = placed(cast, added(cast, "粥店一分店"), chain=chain)
    client = cast.client("li")
    response = client.get(f"/entities/groups/chain/{chain.pk}/")
    assert ([each.pk for each in response.context["headquarters"]], [row.entity.pk for row in response.context["rows"]]) == (
        [head.pk], [shop.pk],
    )  # fmt: skip
    assert "总部不在本辖区" in client.get(f"/entities/groups/chain/{far.pk}/").content.decode()
    assert "粥店" in client.get(f"/entities/{shop.pk}/").content.decode()


def test_a_seller_who_goes_about_does_not_lack_an_address(cast: Cast) -> None:
    seller, other = added(cast, "早点摊"), added(cast, "没有地址的店")
    with acting_in(cast.li.place):
        lacking = register(RegisterFilter(defect=Defect.NO_ADDRESS), ON)
        assert {each.pk for each in lacking} == {seller.pk, other.pk}
    placed(cast, seller, sells_at="地铁站口", sells_hours="6:00—9:00")
    with acting_in(cast.li.place):
        assert [each.pk for each in register(RegisterFilter(defect=Defect.NO_ADDRESS), ON)] == [other.pk]
    assert "地铁站口 · 6:00—9:00" in cast.client("li").get(f"/entities/{seller.pk}/").content.decode()


def test_many_are_put_into_a_cluster_at_once_and_taken_back(cast: Cast) -> None:
    old, new = market(cast, name="旧市场"), market(cast)
    inside, outside = added(cast, "一店"), added(cast, "二店", place="二社区")
    placed(cast, inside, cluster=old, stall="9")
    with acting_in(cast.li.place):
        doc = plan_in_force(cast.li.place, ON).value
        wish = Wish(BulkKind.CLUSTER, str(new.pk), new.name)
        bulk = change_many(Entity.objects.all(), wish, doc, by=cast.li, on=ON, conditions="全部")
        assert [(e.cluster_id, e.stall) for e in Entity.objects.order_by("pk")] == [(new.pk, ""), (new.pk, "")]
        assert sorted(bulk.lines.values_list("old", "new")) == [("", new.name), ("旧市场", new.name)]
        undo_bulk(bulk, by=cast.li, on=ON)
        assert [(e.cluster_id, e.stall) for e in Entity.objects.order_by("pk")] == [(old.pk, "9"), (None, "")]
    home = market(cast, "二社区", name="二社区市场")
    body = {"ids": [inside.pk, outside.pk], "kind": "cluster", "cluster": str(home.pk)}
    answer = cast.client("li").post("/api/entities/bulk/", body, content_type="application/json").json()
    assert (answer["counts"]["changed"], answer["counts"]["refused"]) == (1, 1)


def test_the_exported_ledger_says_where_a_stall_stands(cast: Cast) -> None:
    kept = market(cast)
    placed(cast, added(cast), cluster=kept, stall="A12")
    added(cast, "不在市场的店")
    with acting_in(cast.li.place):
        sheet = ledger_sheet(cast.li, RegisterFilter(cluster=str(kept.pk)), ON)
        assert sheet.conditions == "集聚场所：平吉农贸市场"
        assert [(row[0], *row[-4:-1]) for row in sheet.rows] == [("粥公粥婆", "平吉农贸市场", "A12", None)]


def test_page_and_endpoint_keep_and_refuse_the_same(cast: Cast) -> None:
    client, entity = cast.client("li"), added(cast)
    page = client.post("/entities/groups/cluster/", MARKET, follow=True)
    assert "已保存“平吉农贸市场”" in page.content.decode()
    assert client.post("/entities/groups/cluster/", {"name": "无类别"}).status_code == 422
    answer = client.post("/api/groups/chain/", {"name": "粥店", "uscc": uscc(3)}, content_type="application/json")
    assert answer.status_code == 201
    chain, cluster = answer.json()["id"], client.get("/api/groups/cluster/").json()["results"][0]["id"]
    again = client.post("/api/groups/cluster/", MARKET, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "namesake")
    version = client.get(f"/api/entities/{entity.pk}/").json()["version"]
    body = {"cluster": cluster, "chain": chain, "stall": "B1", "version": version}
    answer = client.post(f"/api/entities/{entity.pk}/belonging/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["stall"], answer.json()["chain"]) == (200, "B1", "粥店")
    assert (
        client.post(f"/api/entities/{entity.pk}/belonging/", body, content_type="application/json").status_code == 409
    )
    told = client.get(f"/api/entities/{entity.pk}/belonging/").json()
    assert (told["cluster"], told["cluster_id"], told["chain_id"]) == ("平吉农贸市场", cluster, chain)
    changed = client.patch(f"/api/groups/chain/{chain}/", {"name": "粥铺"}, content_type="application/json")
    assert (changed.json()["name"], changed.json()["uscc"]) == ("粥铺", uscc(3))
    with acting_in(cast.li.place):
        assert Chain.objects.get().name == "粥铺"
    assert client.get("/entities/groups/stall/").status_code == 404


@pytest.mark.parametrize(("who", "status"), [("zhao", 404), ("sun", 404), ("leng", 403), ("wang", 403)])
def test_others_do_not_write_it(cast: Cast, who: str, status: int) -> None:
    kept = market(cast)
    assert cast.client(who).get(f"/entities/groups/cluster/{kept.pk}/edit/").status_code == status
    assert cast.client(who).patch(f"/api/groups/cluster/{kept.pk}/").status_code == status
