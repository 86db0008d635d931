"""A draft in the browser, section by section: sources, one place at a time, faults, somebody faster, the way back."""

import re

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tenancy.actions.drafts import change_draft, start_draft
from tenancy.actions.plans import adopt_plan
from tenancy.models import AuditEvent, PlanDraft
from tenancy.plans import shipped_plan
from tenancy.plans.drafting import Changes, FaultyPlan
from tenancy.scoping import acting_in
from tests.cast import SINCE, Cast
from tests.tenancy.sheets import as_sent
from tests.tenancy.test_plan_drafts import NOW, TODAY

pytestmark = pytest.mark.usefixtures("_today")
STREET = "990101/001/"
GROUP = "quarter_package"


@pytest.fixture
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def draft(cast: Cast) -> PlanDraft:
    """甲街道 begins with nothing under the plan of its district, which says what Gumei's says."""
    with acting_in("990101/"):
        adopt_plan(cast.places["东城区"], shipped_plan("gumei"), since=SINCE, by=None)
    with acting_in(STREET):
        return start_draft(cast.places["甲街道"], name="细则", basis=None, by=cast.bian, at=NOW)


@pytest.fixture
def client(cast: Cast) -> Client:
    return cast.client("bian")


def now(draft: PlanDraft) -> PlanDraft:
    with acting_in(STREET):
        return PlanDraft.objects.get(pk=draft.pk)


def change(draft: PlanDraft, by=None, **changes) -> PlanDraft:
    with acting_in(STREET):
        return change_draft(draft, Changes(**changes), seen=now(draft).version, by=by, on=TODAY, at=NOW)


def section(draft: PlanDraft, number: int) -> str:
    return reverse("tenancy:edit-section", args=[draft.pk, number])


def place(draft: PlanDraft, number: int, path: str) -> str:
    return reverse("tenancy:edit-value", args=[draft.pk, number, path])


def read(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def form_of(page: str) -> dict[str, list[str]]:
    """The fields of the form that is saved."""
    return as_sent(next(each for each in re.findall(r"<form.*?</form>", page, re.DOTALL) if 'name="basis"' in each))


def save(client: Client, url: str, **typed: str | list[str]) -> HttpResponse:
    """Opens a page, types something over and saves."""
    return client.post(url, {**form_of(read(client, url)), **typed})


def row_of(page: str, key: str) -> str:
    return " ".join(
        re.search(
            rf'<li class="pk__i" id="key-{key}">.*?</li>\s*(?=<li class="pk__i"|</ul>\s*</main>)', page, re.DOTALL
        )[0].split()
    )


def plain(text: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())


def test_every_section_says_what_holds_who_says_so_and_what_would_hold_otherwise(
    draft: PlanDraft, client: Client
) -> None:
    title, number = shipped_plan("gumei").header.title, shipped_plan("gumei").header.number
    row = plain(row_of(read(client, section(draft, 1)), "cadre_cap"))
    assert row == f"每名干部最多包保几户 10 沿用 《{title}》{number} 三（一） 修改 每名干部最多包保几户"
    change(draft, put={"cadre_cap": 12}, clauses={"cadre_cap": "二（三）"})
    row = plain(row_of(read(client, section(draft, 1)), "cadre_cap"))
    assert row == (
        f"每名干部最多包保几户 12 本方案 二（三） 改回沿用后为：10（《{title}》{number} 三（一））"
        " 修改 每名干部最多包保几户 改回沿用 每名干部最多包保几户"
    )
    change(draft, put={"cadre_cap": None})
    row = plain(row_of(read(client, section(draft, 1)), "cadre_cap"))
    assert row.startswith("每名干部最多包保几户 不设 本方案 明确不设 二（三） 改回沿用后为：10")


def test_the_draft_leads_to_every_section_and_counts_what_it_says_itself(draft: PlanDraft, client: Client) -> None:
    change(draft, put={"cadre_cap": 12, "cap_mode": "hard", "tier_map.D": "zone"})
    page = read(client, reverse("tenancy:show-draft", args=[draft.pk]))
    parts = [plain(each) for each in re.findall(r'<a class="parts__a".*?</a>', page, re.DOTALL)]
    assert len(parts) == 10
    assert parts[1].startswith("组织与干部 本方案写了 3 项") and parts[1].endswith("处要改")
    assert parts[2] == "主体与分级 全部沿用"
    there = read(client, section(draft, 1))
    assert "启用前这一节还有" in there and "zone" in there
    assert "启用前这一节还有" not in read(client, section(draft, 9))


def test_a_number_is_changed_said_and_taken_back(draft: PlanDraft, client: Client, cast: Cast) -> None:
    answer = save(client, place(draft, 1, "cadre_cap"), v="12", clause="二（三）")
    assert (answer.status_code, answer["Location"]) == (302, f"{section(draft, 1)}#key-cadre_cap")
    assert now(draft).document == {"values": {"cadre_cap": 12}, "clauses": {"cadre_cap": "二（三）"}}
    page = read(client, section(draft, 1))
    assert "已改：每名干部最多包保几户：不写，沿用上级 → 12" in page
    assert f'action="{reverse("tenancy:undo-edit", args=[draft.pk])}"' in page
    client.post(reverse("tenancy:undo-edit", args=[draft.pk]))
    assert now(draft).document == {"values": {}, "clauses": {}}
    assert "已撤销" in read(client, section(draft, 1))
    client.post(reverse("tenancy:undo-edit", args=[draft.pk]))
    assert now(draft).version == 3
    assert "没有可以撤销的改动" in read(client, reverse("tenancy:show-draft", args=[draft.pk]))
    with acting_in(STREET):
        trail = AuditEvent.objects.filter(action="tenancy.plandraft.changed").order_by("pk")
        assert [each.by_post for each in trail] == [cast.bian.pk] * 2


def test_saving_what_was_there_writes_nothing(draft: PlanDraft, client: Client) -> None:
    for number, path in ((1, "cadre_cap"), (1, "names"), (8, "quarter_package"), (0, "title"), (3, "signing_pairs.0")):
        assert save(client, place(draft, number, path)).status_code == 302
    assert (now(draft).version, now(draft).document["values"]) == (1, {})
    assert "没有改动" in read(client, section(draft, 1))


def test_one_field_of_a_group_becomes_the_drafts_own_and_the_rest_stays_inherited(
    draft: PlanDraft, client: Client
) -> None:
    url = place(draft, 8, "quarter_package")
    save(client, url, **{"v-day": "20"})
    assert now(draft).document["values"] == {"quarter_package": {"day": 20}}
    page = plain(read(client, url))
    assert "本方案所写；沿用的是：25（" in page
    assert page.count("本方案所写") == 1
    client.post(section(draft, 8), {"seen": 2, "reset": "quarter_package.day"})
    assert now(draft).document["values"] == {}


def test_an_inherited_list_is_copied_with_its_first_change_and_the_page_says_so(
    draft: PlanDraft, client: Client
) -> None:
    pairs = shipped_plan("gumei").values["signing_pairs"]
    page = plain(read(client, place(draft, 3, "signing_pairs.4")))
    assert f"这份清单沿用自《{shipped_plan('gumei').header.title}》" in page
    assert "保存后本方案将自己写整份清单，上级以后的改动不再带过来" in page
    answer = save(client, place(draft, 3, "signing_pairs.4"), **{"v-delegate_allowed": "on"})
    assert answer["Location"] == place(draft, 3, "signing_pairs")
    assert now(draft).document["values"] == {"signing_pairs": [*pairs[:4], {**pairs[4], "delegate_allowed": True}]}
    assert "这份清单沿用自" not in read(client, place(draft, 3, "signing_pairs.4"))


def test_items_are_added_moved_and_taken_away(draft: PlanDraft, client: Client) -> None:
    url = place(draft, 1, "tiers")
    save(client, place(draft, 1, "tiers.+1"), **{"v-name": "片区", "v-rank": "2", "v-level": "cluster"})

    def codes() -> list[str]:
        return [each["code"] for each in now(draft).document["values"]["tiers"]]

    assert codes() == ["street", "item-3", "community"]
    client.post(url, {"seen": 2, "down": "1"})
    assert codes() == ["street", "community", "item-3"]
    client.post(url, {"seen": 3, "up": "2"})
    assert codes() == ["street", "item-3", "community"]
    client.post(url, {"seen": 4, "remove": "0"})
    assert codes() == ["item-3", "community"]
    client.post(reverse("tenancy:undo-edit", args=[draft.pk]))
    assert codes() == ["street", "item-3", "community"]


def test_a_new_item_with_lines_of_its_own_leads_on_to_them(draft: PlanDraft, client: Client) -> None:
    answer = save(client, place(draft, 4, "checklists.0.sections.+0"), **{"v-title": "节前检查"})
    assert answer["Location"] == place(draft, 4, "checklists.0.sections.0")
    answer = save(client, place(draft, 4, "checklists.0.sections.0.items.+0"), **{"v-text": "看台账"})
    assert answer["Location"] == place(draft, 4, "checklists.0.sections.0")
    first = now(draft).document["values"]["checklists"][0]["sections"][0]
    assert first == {"code": "item-5", "title": "节前检查", "items": [{"code": "item-1", "text": "看台账"}]}


def test_what_is_inherited_can_be_written_down_or_cleared(draft: PlanDraft, client: Client) -> None:
    page = read(client, place(draft, 1, "trainings"))
    assert 'name="restate" value="trainings"' in page and 'name="clear" value="trainings"' in page
    client.post(section(draft, 1), {"seen": 1, "restate": "trainings"})
    assert now(draft).document["values"] == {"trainings": shipped_plan("gumei").values["trainings"]}
    client.post(section(draft, 1), {"seen": 2, "clear": "trainings"})
    assert now(draft).document["values"] == {"trainings": None}
    page = read(client, place(draft, 1, "trainings"))
    assert 'name="clear"' not in page and "明确不设" in page
    client.post(section(draft, 1), {"seen": 3, "reset": "trainings"})
    assert now(draft).document["values"] == {}


def test_the_paper_is_a_section_of_its_own(draft: PlanDraft, client: Client) -> None:
    save(client, place(draft, 0, "number"), v="甲办〔2027〕1号")
    save(client, place(draft, 0, "basis"), v="食安委发〔2022〕7号\r\n区办〔2026〕3号")
    save(client, place(draft, 0, "filing"), **{"v-filed_to": "区食药安委", "v-on": "2027-01-05"})
    save(client, place(draft, 0, "annexes.+0"), **{"v-no": "1", "v-title": "名单", "v-kind": "roster"})
    assert now(draft).header == {
        "title": "细则",
        "number": "甲办〔2027〕1号",
        "basis": ["食安委发〔2022〕7号", "区办〔2026〕3号"],
        "filing": {"filed_to": "区食药安委", "on": "2027-01-05"},
        "annexes": [{"no": 1, "title": "名单", "kind": "roster"}],
    }
    assert "已改：附件：无 → 附件1 名单" in read(client, section(draft, 0))
    save(client, place(draft, 0, "filing"), **{"v-filed_to": "", "v-on": ""})
    assert "filing" not in now(draft).header


def test_the_paper_can_be_filled_in_on_one_page(draft: PlanDraft, client: Client) -> None:
    typed = {
        "v-number": "甲办〔2027〕1号",
        "v-issued": "2027-01-05",
        "v-filing-filed_to": "区食药安委",
        "v-title": "甲方案",
    }
    answer = save(client, place(draft, 0, "-"), **typed)
    assert answer["Location"] == section(draft, 0)
    assert now(draft).header == {
        "title": "甲方案",
        "number": "甲办〔2027〕1号",
        "issued": "2027-01-05",
        "filing": {"filed_to": "区食药安委"},
    }
    save(client, place(draft, 0, "-"), **{"v-filing-filed_to": "", "v-number": ""})
    assert now(draft).header == {"title": "甲方案", "issued": "2027-01-05"}
    assert save(client, place(draft, 0, "-"), **{"v-title": ""}).status_code == 422


def test_faults_stand_at_their_field_and_what_was_typed_stays(draft: PlanDraft, client: Client) -> None:
    answer = save(client, place(draft, 1, "cadre_cap"), v="0", clause="二（三）")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert (form_of(page)["v"], form_of(page)["clause"]) == (["0"], ["二（三）"])
    assert 'href="#id_v"' in page and 'aria-invalid="true"' in page
    save(client, place(draft, 0, "annexes.+0"), **{"v-no": "1", "v-title": "名单"})
    answer = save(client, place(draft, 0, "annexes.+1"), **{"v-no": "1", "v-title": "又一份"})
    assert answer.status_code == 422
    assert "附件号有重复，请改成不同的号" in answer.content.decode()
    assert len(now(draft).header["annexes"]) == 1


def test_who_was_slower_keeps_what_he_typed_and_learns_who_was_faster(
    draft: PlanDraft, client: Client, cast: Cast
) -> None:
    url = place(draft, 1, "cadre_cap")
    opened = form_of(read(client, url))
    change(draft, by=cast.bian, put={"cadre_cap": 15})
    answer = client.post(url, {**opened, "v": "12"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "卞方案改到第2稿" in page and "再按一次保存就以这里为准" in page
    assert now(draft).document["values"] == {"cadre_cap": 15}
    assert client.post(url, form_of(page)).status_code == 302
    assert now(draft).document["values"] == {"cadre_cap": 12}


def test_an_item_is_not_saved_into_a_list_that_has_become_another(draft: PlanDraft, client: Client) -> None:
    url = place(draft, 1, "tiers.1")
    opened = form_of(read(client, url))
    change(draft, put={"tiers": list(reversed(shipped_plan("gumei").values["tiers"]))})
    for _again in range(2):
        answer = client.post(url, {**opened, "v-name": "居委"})
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "这份清单的次序或条数已经变了" in page and form_of(page)["v-name"] == ["居委"]
        opened = form_of(page)
    assert [each["name"] for each in now(draft).document["values"]["tiers"]] == ["居民区", "街道"]


def test_nothing_is_taken_back_over_the_head_of_somebody_else(draft: PlanDraft, client: Client, cast: Cast) -> None:
    save(client, place(draft, 1, "cadre_cap"), v="12")
    change(draft, by=cast.bian, put={"cap_mode": "hard"})
    answer = client.post(reverse("tenancy:undo-edit", args=[draft.pk]))
    assert answer.status_code == 409 and "改到第3稿" in answer.content.decode()
    assert now(draft).document["values"] == {"cadre_cap": 12, "cap_mode": "hard"}


@pytest.mark.parametrize(
    ("number", "path", "body"),
    [
        (11, "", None),
        (1, "nothing", None),
        (1, "tiers.9", None),
        (1, "", {"seen": 1, "drop": "cadre_cap"}),
        (1, "", {"seen": 1, "reset": "tiers.0"}),
        (0, "", {"seen": 1, "clear": "title"}),
        (1, "cadre_cap", {"seen": 1, "up": "0"}),
        (1, "tiers", {"seen": 1, "remove": "-1"}),
    ],
)
def test_what_no_page_offers_is_missing(draft: PlanDraft, client: Client, number: int, path: str, body) -> None:
    url = place(draft, number, path) if path else section(draft, number)
    assert (client.post(url, body) if body else client.get(url)).status_code == 404
    assert now(draft).version == 1


def test_only_who_writes_plans_here_opens_and_changes_a_draft(draft: PlanDraft, cast: Cast) -> None:
    urls = [section(draft, 1), place(draft, 1, "cadre_cap"), reverse("tenancy:undo-edit", args=[draft.pk])]
    for name, status in (("li", 403), ("wang", 403), ("zhao", 403), ("sun", 403)):
        client = cast.client(name)
        answers = [client.post(url, {"seen": 1, "v": 1, "reset": "cadre_cap"}).status_code for url in urls]
        assert answers == [status] * 3, name
        assert client.get(urls[0]).status_code == status
    above = cast.client("he")
    assert save(above, urls[1], v="11").status_code == 302


def test_a_closed_draft_is_not_changed(draft: PlanDraft, client: Client) -> None:
    with acting_in(STREET):
        PlanDraft.objects.filter(pk=draft.pk).update(state="dropped")
    answer = save(client, place(draft, 1, "cadre_cap"), v="12")
    assert answer.status_code == 409 and "不能再改" in answer.content.decode()


def test_no_change_leaves_a_gap_that_nobody_fills(draft: PlanDraft, client: Client) -> None:
    gap = "size_standard.industries.retail.employees"
    with pytest.raises(FaultyPlan) as caught:
        change(draft, put={gap: None})
    assert [each.key for each in caught.value.problems] == [f"values.{gap}"]
    answer = client.patch(
        reverse("tenancy:api-draft", args=[draft.pk]), {"version": 1, "put": {gap: None}}, "application/json"
    )
    assert (answer.status_code, answer.json()["problems"][0]["key"]) == (422, f"values.{gap}")
    assert now(draft).document["values"] == {}


@pytest.mark.parametrize("rows", [1, 3])
def test_a_page_asks_the_same_questions_for_one_item_and_for_three(
    draft: PlanDraft, client: Client, rows: int, django_assert_num_queries
) -> None:
    change(draft, put={"lists": [{"code": f"list-{each}", "name": f"清单{each}"} for each in range(rows)]})
    with django_assert_num_queries(15):
        page = read(client, place(draft, 1, "lists"))
    assert page.count('name="remove"') == rows
    with django_assert_num_queries(15):
        read(client, section(draft, 1))


def test_what_was_typed_beside_a_value_that_goes_back_is_kept(draft: PlanDraft, client: Client, cast: Cast) -> None:
    url = place(draft, 8, GROUP)
    save(client, url, **{"v-day": "20"})
    change(draft, by=cast.bian, clauses={f"{GROUP}.day": "五（二）"})
    sent = as_sent(read(client, url)) | {"v-recipient": "区食药安办", "v-day": "21", "reset": f"{GROUP}.day"}
    answer = client.post(url, sent)
    assert (answer.status_code, answer.url) == (302, url)
    document = now(draft).document
    # The day and its clause are the inherited ones again, and what was typed for it is gone; the recipient is written.
    assert document["values"] == {GROUP: {"recipient": "区食药安办"}}
    assert f"{GROUP}.day" not in document["clauses"]


def test_a_key_outside_the_open_group_is_missing(draft: PlanDraft, client: Client) -> None:
    url = place(draft, 8, GROUP)
    save(client, url, **{"v-day": "20"})
    for key in ("cadre_cap", GROUP, "quarter_packages.day", "tiers.0"):
        sent = as_sent(read(client, url)) | {"reset": key}
        assert client.post(url, sent).status_code == 404
    assert now(draft).document["values"] == {GROUP: {"day": 20}}


def test_enter_saves_and_resets_nothing(draft: PlanDraft, client: Client) -> None:
    """A browser takes the first button of a form when Enter is pressed: it is the one that saves."""
    url = place(draft, 8, GROUP)
    save(client, url, **{"v-day": "20"})
    page = read(client, url)
    form = page[page.index('<form class="card form--pad"') :]
    assert (
        form[form.index("<button") :].partition(">")[0]
        == '<button class="sr" type="submit" tabindex="-1" aria-hidden="true"'
    )


def test_a_value_inside_a_group_has_a_clause_of_its_own(draft: PlanDraft, client: Client) -> None:
    url = place(draft, 8, f"{GROUP}.day")
    save(client, url, v="20")
    save(client, url, clause="五（二）")
    document = now(draft).document
    assert (document["values"], document["clauses"]) == ({GROUP: {"day": 20}}, {f"{GROUP}.day": "五（二）"})
    page = read(client, place(draft, 8, GROUP))
    assert "条款 五（二）" in page and url in page and "改条款" in page
    save(client, url, clause="")
    assert now(draft).document["clauses"] == {}
