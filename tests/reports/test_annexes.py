"""附件 printed from the plan: what the paper says it has is drawn from what the plan holds, inherited values included."""

import unicodedata
from copy import deepcopy
from datetime import date

import pypdfium2
import pytest
from django.urls import reverse

from reports.documents import annex_pdf, printed_annexes
from tenancy.actions.plans import adopt_plan
from tenancy.models import Plan
from tenancy.plans import shipped_plan
from tenancy.queries.plans import plan_in_force
from tenancy.scoping import acting_in
from tests.cast import SINCE, Cast

STREET = "990101/001/"
TODAY = date(2026, 11, 25)


@pytest.fixture
def plan(cast: Cast) -> Plan:
    with acting_in(STREET):
        return adopt_plan(cast.places["甲街道"], shipped_plan("gumei"), since=SINCE, by=cast.bian)


def printed(plan: Plan, number: int) -> str:
    with acting_in(STREET):
        annex = next(each for each in printed_annexes(plan) if each.no == number)
        document = pypdfium2.PdfDocument(annex_pdf(plan, annex, plan_in_force(plan.place, SINCE), TODAY))
    return plain("".join(page.get_textpage().get_text_bounded() for page in document))


def plain(text: str) -> str:
    """A font may give one glyph for a character and for its radical, so both are read as the character."""
    return unicodedata.normalize("NFKC", "".join(text.split()))


@pytest.mark.req("GM-48")
@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, ["领导小组名单", "组长", "街道食药安委主任", "副组长", "街道食药安委副主任", "办公室设在街道食药安办"]),
        (
            2,
            [
                "统计上大中小微型企业划分标准（2017）",
                "餐饮业",
                "≥300",
                "100～300",
                "10～100",
                "＜10",
                "国统字〔2017〕213号",
            ],
        ),
        (3, ["任务清单", "□是□否", "包保干部（签字）"]),
        (
            4,
            [
                "督查清单",
                "街道纪工委部门",
                "每年至少1次",
                "四不两直",
                "落实责任清单的情况",
                "警示约谈、限期整改、视情通报",
            ],
        ),
        (5, ["食品安全责任与任务承诺书", "甲街道", "居民区书记、主任", "5个工作日"]),
    ],
)
def test_each_annex_says_what_the_plan_says(plan: Plan, number, words) -> None:
    text = printed(plan, number)
    assert [word for word in words if plain(word) not in text] == []


def test_every_item_of_the_task_list_is_printed(plan: Plan) -> None:
    text = printed(plan, 3)
    with acting_in(STREET):
        lists = plan_in_force(plan.place, SINCE).value.checklists
    items = [plain(item.text) for each in lists for section in each.sections for item in section.items]
    assert len(items) > 10
    assert [item for item in items if item not in text] == []


def test_a_blank_letter_is_printed_for_every_pair(plan: Plan) -> None:
    with acting_in(STREET):
        pairs = plan_in_force(plan.place, SINCE).value.signing_pairs
    assert printed(plan, 5).count("现向") == len(pairs)


def test_a_post_of_that_title_is_named(cast: Cast, plan: Plan) -> None:
    # The shipped plan is read once for all tests, so a copy is changed.
    plan.document = deepcopy(plan.document)
    plan.document["values"]["bodies"][0]["roles"][0]["holders"] = ["街道食安办经办"]
    with acting_in(STREET):
        plan.save()
    assert "李㛃" in printed(plan, 1)


def test_the_page_of_the_plan_leads_to_each_and_a_filed_one_is_not_drawn(cast: Cast, plan: Plan) -> None:
    client = cast.client("bian")
    page = client.get(reverse("tenancy:show-plan", args=[plan.pk])).content.decode()
    assert [reverse("reports:print-annex", args=[plan.pk, no]) in page for no in range(1, 7)] == [True] * 5 + [False]
    answer = client.get(reverse("reports:print-annex", args=[plan.pk, 3]))
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert client.get(reverse("reports:print-annex", args=[plan.pk, 6])).status_code == 404
