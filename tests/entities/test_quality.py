"""数据质量: each number is the length of its list, the plan says what is required, and the register what is done."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from entities.actions.quality import give_mending, withdraw_mending
from entities.actions.register import change_entity, version_of
from entities.models import Licence, Mending
from entities.queries.quality import left_to_mend, quality
from entities.rules.quality import Defect, required_by
from tenancy.actions.plans import adopt_plan
from tenancy.models import AuditEvent
from tenancy.plans import PlanFile, PlanHeader
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import Refused
from tenancy.scoping import acting_in
from tests.cast import SINCE, Cast
from tests.entities.test_register_acts import LATER, added, row_of
from tests.entities.test_register_pages import names_on, queries

HOME = "/entities/quality/"
CODE = "91310112MA1GB8XQ3M"
WHOLE = {
    "uscc": CODE, "licence": "JY23101129126457", "address": "古美路1号", "principal": "王某", "officer": "李某",
}  # fmt: skip
# One entity for each kind of defect, and what it lacks of the whole.
LACKING = {
    Defect.NO_GRADE: {"staff": None, "revenue": None},
    Defect.NO_USCC: {"uscc": ""},
    Defect.NO_LICENCE: {"licence": ""},
    Defect.NO_SIZE: {"staff": None, "revenue": None},
    Defect.NO_ADDRESS: {"address": ""},
    Defect.NO_PRINCIPAL: {"principal": ""},
    Defect.NO_PHONE: {"phone": ""},
    Defect.NO_OFFICER: {"officer": ""},
    Defect.ODD_NAME: {"name": "测试店"},
    Defect.ODD_USCC: {"uscc": "91310112MA1GB8XQ3K"},
    Defect.ODD_LICENCE: {"licence": "JY23101129126450"},
    Defect.ODD_PHONE: {"phone": "1381"},
}


def defects(cast: Cast) -> dict[Defect, int]:
    with acting_in(cast.li.place):
        return {row.defect: row.count for row in quality(plan_in_force(cast.li.place, LATER).value, LATER) if row.count}


@pytest.mark.parametrize("defect", LACKING)
def test_a_defect_is_counted_once_and_its_number_opens_its_list(cast: Cast, defect: Defect) -> None:
    added(cast, "齐全店", **WHOLE)
    lacking = {**WHOLE, "uscc": "", **LACKING[defect]}
    if defect is not Defect.NO_USCC and "uscc" not in LACKING[defect]:
        lacking["uscc"] = "92310112MA1GB8XQ38"
    name = lacking.pop("name", "缺项店")
    added(cast, name, **lacking)
    assert defects(cast)[defect] == 1
    assert names_on(cast.client("li").get(f"/entities/?defect={defect}")) == [name]


def test_a_whole_entity_has_no_defect_and_a_closed_one_is_not_asked(cast: Cast) -> None:
    added(cast, "齐全店", **WHOLE)
    added(cast, "关了的店", status="cancelled", staff=None, revenue=None)
    assert defects(cast) == {}


def test_licences_that_ran_out_and_codes_that_come_twice(cast: Cast) -> None:
    one = added(cast, "甲店", **WHOLE)
    added(cast, "乙店", **{**WHOLE, "licence": "JY13101120000013"}, place="二社区")
    with acting_in(cast.li.place):
        Licence.objects.filter(entity=one).update(valid_until=LATER - timedelta(days=1))
    assert defects(cast) == {Defect.LICENCE_EXPIRED: 1, Defect.USCC_TWICE: 2}
    with acting_in(cast.li.place):
        # Until the end of its last day a licence holds; so does one without a day beside it.
        Licence.objects.filter(entity=one).update(valid_until=LATER)
        assert defects(cast) == {Defect.USCC_TWICE: 2}
        Licence.objects.filter(entity=one).update(valid_until=date(2020, 1, 1))
        Licence.objects.create(entity=one, place=one.place, number="JY13101120000021")
    assert defects(cast) == {Defect.USCC_TWICE: 2}


def test_the_plan_says_what_is_required(cast: Cast) -> None:
    assert required_by(["uscc", "phone", "name"]) == {Defect.NO_GRADE, Defect.NO_USCC, Defect.NO_PHONE}
    header = PlanHeader(title="台账", number="1号")
    plan = PlanFile(header=header, values={"required_fields": ["address"]}, clauses={"required_fields": "三"})
    with acting_in(cast.li.place):
        adopt_plan(cast.places["甲街道"], plan, since=SINCE, by=cast.li)
        rows = quality(plan_in_force(cast.li.place, LATER).value, LATER)
    assert [row.defect for row in rows if row.required] == [Defect.NO_GRADE, Defect.NO_ADDRESS]
    assert [row.defect for row in rows[:2]] == [Defect.NO_GRADE, Defect.NO_ADDRESS]
    assert "1号 三" in cast.client("li").get(HOME).content.decode()


def given(cast: Cast, defect: Defect = Defect.NO_LICENCE, place: str = "甲街道", *, days: int = 10) -> Mending:
    with acting_in(cast.li.place):
        due_on = LATER + timedelta(days=days)
        return give_mending(cast.places[place], defect, cast.li, due_on, by=cast.li, on=LATER)


def test_whether_it_is_done_follows_from_the_register(cast: Cast) -> None:
    entity = added(cast, "缺证店")
    added(cast, "别处缺证店", place="二社区")
    given(cast, place="一社区")
    with acting_in(cast.li.place):
        assert left_to_mend(cast.li, LATER) == (1, LATER + timedelta(days=10))
        row = row_of(cast, "缺证店", licence="JY23101129126457")
        change_entity(entity, row, by=cast.li, on=LATER, seen=version_of(entity))
        assert left_to_mend(cast.li, LATER) == (0, None)
        rows = quality(plan_in_force(cast.li.place, LATER).value, LATER)
    [mended] = [row for row in rows if row.defect is Defect.NO_LICENCE]
    assert (mended.count, [left for _each, left in mended.mendings]) == (1, [0])


def test_it_is_given_once_and_not_for_a_day_past(cast: Cast) -> None:
    mending = given(cast)
    with pytest.raises(Refused, match="甲街道的“缺许可证编号”已分派给李㛃，2026-11-12 前补完；要换人或改期，请先收回"):
        given(cast)
    with pytest.raises(Refused, match="2026-11-01 已经过去，不能作期限"):
        given(cast, Defect.NO_PHONE, days=-1)
    with acting_in(cast.li.place):
        withdraw_mending(mending, by=cast.li, on=LATER)
        with pytest.raises(Refused, match="已于 2026-11-02 收回，不用再办"):
            withdraw_mending(mending, by=cast.li, on=LATER)
    again = given(cast)
    with acting_in(cast.li.place):
        acts = AuditEvent.objects.filter(subject_id__in=[mending.pk, again.pk], action__startswith="entities.mending")
        assert [event.action.rpartition(".")[2] for event in acts.order_by("pk")] == ["given", "withdrawn", "given"]


def test_the_page_gives_and_takes_back(cast: Cast) -> None:
    added(cast, "缺证店")
    client, place = cast.client("li"), cast.places["甲街道"].pk
    sent = {"defect": "no-licence", "place": place, "post": cast.li.pk, "due_on": "2099-01-01"}
    page = client.post(HOME, sent, follow=True).content.decode()
    assert "甲街道 · 李㛃 · 2099-01-01" in page and "还差 1 家" in page
    assert "分派给您的台账资料补录" in client.get("/").content.decode()
    with acting_in(cast.li.place):
        mending = Mending.objects.get()
    assert client.post(f"{HOME}{mending.pk}/withdraw/").status_code == 302
    assert "分派给您的台账资料补录" not in client.get("/").content.decode()
    wrong = client.post(HOME, sent | {"post": cast.zhao.pk, "due_on": "x"})
    assert wrong.status_code == 422 and "请从列出的里面选。" in wrong.content.decode()


def test_the_workbook_and_the_api_say_the_pages_numbers(cast: Cast) -> None:
    added(cast, "缺证店")
    client, json = cast.client("li"), "application/json"
    rows = client.get(HOME).context["rows"]
    counts = {row.defect.value: row.count for row in rows}
    told = client.get("/api/entities/quality/").json()["defects"]
    assert {each["defect"]: each["count"] for each in told} == counts
    book = load_workbook(BytesIO(client.get(f"{HOME}defects.xlsx").content)).worksheets[0]
    cells = [row for row in book.iter_rows(values_only=True) if row[1] in [each.defect.label for each in rows]]
    assert {row[1]: row[3] for row in cells} == {row.defect.label: row.count for row in rows}
    sent = {"defect": "no-licence", "place": cast.places["甲街道"].pk, "post": cast.li.pk, "due_on": "2099-01-01"}
    made = client.post("/api/entities/quality/", sent, json)
    assert (made.status_code, made.json()["defect"]) == (201, "no-licence")
    assert client.post("/api/entities/quality/", sent, json).json()["code"] == "mending-given"
    assert client.post(f"/api/entities/quality/{made.json()['id']}/withdraw/").status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_as_much_for_one_as_for_three(cast: Cast, rows: int) -> None:
    for number in range(rows):
        added(cast, f"店{number}")
        given(cast, list(Defect)[number])
    assert queries(cast.client("li"), HOME) == 8 + 6


def test_who_only_reads_gives_nothing_out_and_strangers_see_nothing(cast: Cast) -> None:
    added(cast, "缺证店")
    mending = given(cast)
    reader = cast.client("leng")
    assert "还差 1 家" in reader.get(HOME).content.decode()
    for address in (HOME, f"{HOME}{mending.pk}/withdraw/", "/api/entities/quality/"):
        assert reader.post(address, {}).status_code == 403
    for who in ("zhao", "sun"):
        page = cast.client(who).get(HOME)
        assert {row.count for row in page.context["rows"]} == {0} and "李㛃" not in page.content.decode()
        assert cast.client(who).post(f"{HOME}{mending.pk}/withdraw/").status_code == 404
