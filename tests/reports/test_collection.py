"""数据归集率 is counted by the list that was confirmed for it, and a closed period keeps what it counted."""

from datetime import UTC, date, datetime

import pytest

from entities.actions.differences import reject_difference
from entities.actions.outside import OUTSIDE, end_basis, set_basis
from entities.models import OutsideList
from reports.actions.figures import close_period
from reports.models import CollectionFigure
from reports.queries.behind import Asked, rows_behind
from reports.queries.collection import collection
from reports.queries.layers import Layers
from tenancy.actions.imports import undo_batch
from tenancy.models import AuditEvent
from tenancy.rules.periods import Quarter
from tenancy.rules.refusals import Refused
from tenancy.scoping import acting_in
from tests.cast import Cast
from tests.entities.ledgers import licence, uscc
from tests.entities.test_outside import district, line, one, uploaded  # noqa: F401 -- three shops in two streets
from tests.entities.test_register_acts import added

TODAY, AFTER = date(2026, 11, 20), date(2027, 1, 2)
NOW, THEN = Quarter(2026, 4), datetime(2027, 1, 2, 1, tzinfo=UTC)
ROWS = [
    line(1),
    line(2),
    line(3),
    line(8),
    line(9, area="乙街道"),
    line(10, area="", address="某处"),
    line(11, status="注销"),
]


def figure(cast: Cast, who: str, on: date = TODAY, period: Quarter = NOW):
    post = cast.posts[who]
    with acting_in(post.place):
        return collection(post.jurisdiction, period, on, Layers.in_force(on))


def confirmed(cast: Cast, outside: OutsideList, on: date = TODAY) -> OutsideList:
    with acting_in(cast.qian.place):
        return set_basis(outside, by=cast.qian, on=on)


@pytest.fixture
def basis(district: Cast) -> OutsideList:  # noqa: F811
    # Of another line, without the facts a grade needs: known, and not complete.
    added(district, "8号店", uscc=uscc(8), licence=licence(8), staff=None, revenue=None, address="平阳路8号")
    return uploaded(district, ROWS)


def test_without_a_confirmed_list_there_is_no_such_rate(basis: OutsideList, district: Cast) -> None:  # noqa: F811
    assert figure(district, "qian") is None
    assert "数据归集率" not in district.client("qian").get("/reports/rates/").content.decode()
    assert district.client("qian").get("/api/rates/collection/").json()["list"] is None


def test_the_denominator_is_the_list_and_every_place_counts_its_part(
    basis: OutsideList,
    district: Cast,  # noqa: F811
    time_machine,
) -> None:
    time_machine.move_to(datetime(2026, 11, 20, 2, tzinfo=UTC), tick=False)
    confirmed(district, basis)
    counted = {who: figure(district, who) for who in ("qian", "li", "zhao")}
    # 1, 2 and 3 are complete, 8 is not, 9 and 10 are missing, 11 is gone by the list's own word.
    assert {who: (each.complete, each.incomplete, each.missing) for who, each in counted.items()} == {
        "qian": (3, 1, 2), "li": (2, 1, 0), "zhao": (1, 0, 1),
    }  # fmt: skip
    assert counted["qian"].pair == (3, 6)
    page = district.client("qian").get("/reports/rates/").content.decode()
    assert "50.00%(3/6)" in page and "“获证名单”，数据截至 2026-10-08" in page
    assert f"/entities/outside/{basis.pk}/?kind=only_there" in page and "漏登 2 家" in page
    answer = district.client("zhao").get("/api/rates/collection/").json()
    assert (answer["list"], answer["complete"], answer["listed"], answer["missing"]) == ("获证名单", 1, 2, 1)
    assert figure(district, "sun") is None


def test_its_missing_ones_are_listed(basis: OutsideList, district: Cast, time_machine) -> None:  # noqa: F811
    time_machine.move_to(datetime(2026, 11, 20, 2, tzinfo=UTC), tick=False)
    confirmed(district, basis)
    missing = district.client("qian").get(f"/entities/outside/{basis.pk}/?kind=only_there").content.decode()
    assert "共 2 条" in missing and "9号店" in missing and "10号店" in missing
    with acting_in(district.li.place):
        asked = Asked(district.places["甲街道"], TODAY, NOW)
        assert [row.name for row in rows_behind("incomplete", asked, district.li)] == ["8号店"]
    page = district.client("li").get("/reports/behind/incomplete/")
    assert page.status_code == 200 and "8号店" in page.content.decode()


def test_what_was_looked_at_and_rejected_is_not_counted(basis: OutsideList, district: Cast) -> None:  # noqa: F811
    confirmed(district, basis)
    with acting_in(district.zhao.place):
        reject_difference(one(district, basis, there="9号店"), reason="查无此店", by=district.zhao, on=TODAY)
    assert figure(district, "zhao").pair == (1, 1)


def test_a_closed_period_keeps_its_figure_when_a_newer_list_is_confirmed(basis: OutsideList, district: Cast) -> None:  # noqa: F811
    confirmed(district, basis)
    with acting_in(district.qian.place):
        close_period(district.places["东城区"], NOW, by=None, at=THEN, on=AFTER)
        close_period(district.places["东城区"], NOW, by=None, at=THEN, on=AFTER)
    newer = uploaded(district, [line(1)], name="新名单", day=date(2027, 1, 1))
    confirmed(district, newer, AFTER)
    old = figure(district, "qian", AFTER)
    assert (old.pair, old.list_name, old.outside_id, old.closed_at) == ((3, 6), "获证名单", None, THEN)
    present = figure(district, "qian", AFTER, Quarter(2027, 1))
    assert (present.pair, present.list_name) == ((1, 1), "新名单")
    with acting_in(district.qian.place):
        names = dict(CollectionFigure.objects.values_list("jurisdiction__name", "missing"))
    assert {name: names[name] for name in ("东城区", "甲街道", "乙街道", "一社区")} == {
        "东城区": 2, "甲街道": 0, "乙街道": 1, "一社区": 0,
    }  # fmt: skip


def test_a_period_that_ended_before_the_list_was_confirmed_has_none(basis: OutsideList, district: Cast) -> None:  # noqa: F811
    confirmed(district, basis, AFTER)
    assert figure(district, "qian", AFTER) is None


def test_confirming_and_ending_are_acts_with_day_and_who(basis: OutsideList, district: Cast) -> None:  # noqa: F811
    client = district.client("qian")
    assert client.post(f"/entities/outside/{basis.pk}/basis/").status_code == 302
    assert district.client("li").post(f"/entities/outside/{basis.pk}/basis/").status_code == 403
    with acting_in(district.qian.place):
        basis.refresh_from_db()
        assert basis.basis_by_name == str(district.qian)
        with pytest.raises(Refused, match="已是数据归集率的分母"):
            set_basis(basis, by=district.qian, on=TODAY)
        with pytest.raises(Refused, match="请先取消作为分母"):
            undo_batch(basis.batch, OUTSIDE, by=district.qian, at=datetime(2026, 10, 9, tzinfo=UTC))
    sent = {"content_type": "application/json"}
    ended = client.post(f"/api/outside/{basis.pk}/basis/", {"basis": False}, **sent).json()
    assert ended["basis_on"] is None
    with acting_in(district.qian.place):
        with pytest.raises(Refused, match="不是分母"):
            end_basis(basis, by=district.qian)
        acts = AuditEvent.objects.filter(action__startswith="entities.outside.basis").order_by("pk")
        assert [(each.action, each.by_name) for each in acts] == [
            ("entities.outside.basis_set", str(district.qian)), ("entities.outside.basis_ended", str(district.qian)),
        ]  # fmt: skip


@pytest.mark.parametrize("rows", [1, 3])
def test_the_figure_asks_the_same_however_many(
    district: Cast,  # noqa: F811
    django_assert_num_queries,
    rows: int,
) -> None:
    confirmed(district, uploaded(district, [line(number) for number in range(20, 20 + rows)]))
    with acting_in(district.qian.place):
        layers = Layers.in_force(TODAY)
        with django_assert_num_queries(2):
            found = collection(district.places["东城区"], NOW, TODAY, layers)
    assert found.missing == rows
