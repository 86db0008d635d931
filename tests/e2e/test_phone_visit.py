"""A cadre's visit on the phone, from the list to the row in the office: exactly once, whatever the network does."""

from datetime import timedelta
from io import BytesIO

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from cadres.actions.penalties import tell_penalties
from entities.actions.records import add_record
from entities.actions.register import version_of
from supervision.models import Issue, Photo, Visit
from tenancy.models import AuditEvent
from tenancy.scoping import acting_in
from tests.cast import Cast
from tests.e2e.conftest import PHONE, SHOP_NUMBER, sign_in, this_day, with_worker

pytestmark = pytest.mark.e2e


def a_photo() -> dict:
    kept = BytesIO()
    Image.effect_noise((2000, 1500), 80).convert("RGB").save(kept, "JPEG")
    return {"name": "shop.jpg", "mimeType": "image/jpeg", "buffer": kept.getvalue()}


def sign(page: Page, who: str) -> None:
    canvas = page.locator(f"[data-sign={who}] canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 60)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(box["x"] + 30 + step * 14, box["y"] + (40 if step % 2 else 110), steps=3)
    page.mouse.up()


def open_shop(page: Page, name: str) -> None:
    page.locator("a.due", has_text=name).click()
    page.locator("form#visit").wait_for()


def answer_all(page: Page) -> None:
    rest = page.locator("[data-rest]:visible")
    while rest.count():
        rest.first.click()


def fill_all(page: Page, *, problem: bool = True) -> None:
    if problem:
        first = page.locator("[data-question]").first
        first.locator(".n").check(force=True)
        first.locator("[data-phrase]").first.click()
        first.locator("[value=handed_over]").check(force=True)
        page.locator("[data-camera]").set_input_files(a_photo())
        page.locator("[data-photos] figure").wait_for()
    answer_all(page)
    sign(page, "entity")
    page.locator("[data-person]").first.click()
    sign(page, "cadre")
    expect(page.locator("[data-missing]")).to_have_text("填好了，可以提交")


def submit(page: Page) -> None:
    page.locator("[data-send]").click()


def received(page: Page) -> Locator:
    return page.locator("[data-net]", has_text="已上传")


def visits(cast: Cast) -> list[Visit]:
    with acting_in(cast.places["甲街道"].path):
        return list(Visit.objects.order_by("pk"))


@pytest.fixture
def page(phone: BrowserContext, shops, live_server) -> Page:
    page = phone.new_page()
    page.set_default_timeout(30_000)
    sign_in(page, live_server.url, "wang")
    return page


def test_a_filled_visit_reaches_the_office_once_with_its_photo_and_its_issue(page, cast):
    open_shop(page, "莲花幼儿园食堂")
    fill_all(page)
    submit(page)
    received(page).wait_for()
    made = visits(cast)
    with acting_in(cast.places["甲街道"].path):
        assert [(visit.entity.name, visit.mode, visit.state) for visit in made] == [
            ("莲花幼儿园食堂", "onsite", "complete")
        ]
        assert [bool(photo.stored) for photo in Photo.objects.all()] == [True]
        assert [(issue.route, issue.description) for issue in Issue.objects.all()] == [("handed_over", "温度不达标")]
    assert made[0].entity_signature["name"] == "陈志强"
    assert sum(len(stroke) for stroke in made[0].cadre_signature) >= 5
    expect(page.locator("[data-lead] b")).to_have_text("还有 1 家待督导")


def test_a_visit_filled_and_submitted_without_a_network_is_sent_once_when_it_is_back(page, phone, cast, live_server):
    with_worker(page)
    phone.set_offline(True)
    open_shop(page, "莲花幼儿园食堂")
    fill_all(page)
    page.wait_for_timeout(600)
    page.close()
    second = phone.new_page()
    second.goto(live_server.url + reverse("supervision:my-visits"))
    expect(second.locator("a.due", has_text="莲花幼儿园食堂")).to_contain_text("接着填")
    open_shop(second, "莲花幼儿园食堂")
    expect(second.locator("[data-missing]")).to_have_text("填好了，可以提交")
    expect(second.locator("[data-photos] figure")).to_have_count(1)
    submit(second)
    expect(second.locator("[data-net]")).to_contain_text("1 份待传")
    assert visits(cast) == []
    second.close()
    phone.set_offline(False)
    third, fourth = phone.new_page(), phone.new_page()
    for each in (third, fourth):
        each.goto(live_server.url + reverse("supervision:my-records"))
    third.locator(".record__n:visible").wait_for(timeout=15_000)
    # The number comes with the record, its photo a moment later.
    for _ in range(60):
        if [visit.state for visit in visits(cast)] != ["waiting_photos"]:
            break
        third.wait_for_timeout(250)
    assert [visit.state for visit in visits(cast)] == ["complete"]


def test_pressing_submit_twice_makes_one_visit(page, cast):
    open_shop(page, "平阳路面馆")
    fill_all(page, problem=False)
    page.evaluate("const send = document.querySelector('[data-send]'); send.click(); send.click();")
    received(page).wait_for()
    page.wait_for_timeout(500)
    assert len(visits(cast)) == 1


def test_an_answer_lost_on_the_way_back_makes_no_second_visit(page, cast):
    answers = []

    def lose_the_first(route):
        answer = route.fetch()
        answers.append(answer.status)
        if len(answers) == 1:
            route.fulfill(status=502, body="")
        else:
            route.fulfill(response=answer)

    page.route("**/api/visits/*", lose_the_first)
    open_shop(page, "平阳路面馆")
    fill_all(page, problem=False)
    submit(page)
    received(page).wait_for(timeout=20_000)
    assert answers == [201, 200]
    assert len(visits(cast)) == 1


def test_a_kindergarten_canteen_offers_only_the_visit_on_site_with_the_reason(page):
    open_shop(page, "莲花幼儿园食堂")
    assert page.locator("[name=mode]").evaluate_all("all => all.map(one => one.value)") == ["onsite"]
    expect(page.locator("[data-onsite]")).to_contain_text("必须开展现场督导")


def test_in_a_remote_mode_only_the_cadre_signs(page, cast):
    open_shop(page, "平阳路面馆")
    page.locator("[name=mode][value=phone]").check(force=True)
    expect(page.locator("[data-entity-part]")).to_be_hidden()
    answer_all(page)
    sign(page, "cadre")
    submit(page)
    received(page).wait_for()
    assert [(visit.mode, visit.entity_signature) for visit in visits(cast)] == [("phone", None)]


def test_a_shop_that_does_not_sign_needs_a_reason(page, cast):
    open_shop(page, "平阳路面馆")
    answer_all(page)
    sign(page, "cadre")
    page.locator("[name=refused]").check()
    expect(page.locator("[data-missing]")).to_have_text("还差 拒签原因")
    page.locator("[data-say=reason]").first.click()
    submit(page)
    received(page).wait_for()
    assert [visit.entity_signature for visit in visits(cast)] == [{"refused": True, "reason": "负责人不在场"}]


def test_a_closed_shop_is_recorded_after_a_second_question(page, cast):
    open_shop(page, "平阳路面馆")
    page.locator("[data-ask-closed]").click()
    page.locator("[data-closed-yes]").click()
    sign(page, "cadre")
    submit(page)
    received(page).wait_for()
    assert [visit.outcome for visit in visits(cast)] == ["shop_closed"]


KEPT = """async () => {
  const found = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) found.push(request.url, await (await cache.match(request)).text());
  }
  const db = await new Promise((done) => { const opening = indexedDB.open("baobao"); opening.onsuccess = () => done(opening.result); });
  for (const store of db.objectStoreNames) {
    found.push(await new Promise((done) => { const all = db.transaction(store).objectStore(store).getAll(); all.onsuccess = () => done(JSON.stringify(all.result)); }));
  }
  db.close();
  return found.join(" ");
}"""


# The machine has nothing that dials; the press on the link is what would.
HOLD_THE_LINE = """() => document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='tel:']");
  if (link) { event.preventDefault(); window.dialled = link.href; }
})"""


def test_a_cadre_calls_a_shop_and_the_number_stays_nowhere_on_the_phone(page, phone, cast, shops):
    with_worker(page)
    open_shop(page, "平阳路面馆")
    page.evaluate(HOLD_THE_LINE)
    expect(page.locator("[data-dial]")).to_have_text("拨打 ****4321")
    page.locator("[data-dial]").click()
    expect(page.locator("[data-tel]")).to_have_attribute("href", f"tel:{SHOP_NUMBER}")
    assert page.evaluate("dialled") == f"tel:{SHOP_NUMBER}"
    page.locator("[data-question] .n").first.check(force=True)
    page.wait_for_timeout(600)
    kept = page.evaluate(KEPT)
    assert ("平阳路面馆" in kept, "4321" in kept, SHOP_NUMBER in kept) == (True, True, False)
    page.locator("[data-back]").click()
    page.locator("[data-view=list]").wait_for()
    assert SHOP_NUMBER not in page.content()
    with acting_in(cast.places["甲街道"].path):
        seen = AuditEvent.objects.filter(action="entities.phone.revealed", subject_id=shops["平阳路面馆"].pk)
        assert [event.by_post for event in seen] == [cast.wang.pk]


def test_without_a_network_there_is_no_number_to_call(page, phone):
    with_worker(page)
    open_shop(page, "平阳路面馆")
    expect(page.locator("[data-call]")).to_be_visible()
    phone.set_offline(True)
    expect(page.locator("[data-call]")).to_be_hidden()
    page.reload()
    page.locator("form#visit").wait_for()
    expect(page.locator("[data-call]")).to_be_hidden()
    phone.set_offline(False)
    expect(page.locator("[data-call]")).to_be_visible()


def test_what_was_found_last_time_stands_first_with_its_picture(page):
    open_shop(page, "平阳路面馆")
    fill_all(page)
    submit(page)
    received(page).wait_for()
    page.locator("a.due", has_text="平阳路面馆").wait_for(state="attached")
    page.locator("[data-done-fold] summary").click()
    open_shop(page, "平阳路面馆")
    before = page.locator(".before")
    expect(before.locator("[data-slot=last]")).to_contain_text("1 个问题")
    expect(before.locator("li")).to_contain_text("温度不达标（已移交待报到")
    image = before.locator("img")
    image.wait_for()
    assert image.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [320, 240]
    assert page.evaluate(
        "() => { const before = document.querySelector('.before'), facts = document.querySelector('[data-facts]');"
        " return Boolean(before.compareDocumentPosition(facts) & Node.DOCUMENT_POSITION_FOLLOWING); }"
    )


def test_the_rule_of_notifying_stands_where_a_problem_is_written_down(page):
    open_shop(page, "平阳路面馆")
    first = page.locator("[data-question]").first
    expect(first.locator("[data-notify]")).to_be_hidden()
    first.locator(".n").check(force=True)
    expect(first.locator("[data-notify]")).to_contain_text("能当场整改的当场整改，不能的移交市场监管所（")


def test_a_refused_record_comes_back_with_the_sentence_and_nothing_lost(page, cast):
    ahead = this_day() + timedelta(days=2)
    open_shop(page, "平阳路面馆")
    page.locator("[name=visited_on]").fill(ahead.isoformat())
    fill_all(page, problem=False)
    submit(page)
    expect(page.locator("[data-net]")).to_contain_text("没有被收下")
    open_shop(page, "平阳路面馆")
    expect(page.locator("[data-problem-text]")).to_contain_text("之后，请改为实际督导的日期")
    page.locator("[name=visited_on]").fill(this_day().isoformat())
    submit(page)
    received(page).wait_for()
    assert len(visits(cast)) == 1


def test_another_persons_waiting_record_is_neither_sent_nor_lost(page, phone, cast, live_server):
    with_worker(page)
    open_shop(page, "平阳路面馆")
    phone.set_offline(True)
    fill_all(page, problem=False)
    submit(page)
    expect(page.locator("[data-net]")).to_contain_text("1 份待传")
    phone.set_offline(False)
    page.route("**/api/visits/*", lambda route: route.abort())
    phone.clear_cookies()
    sign_in(page, live_server.url, "chen")
    page.unroute("**/api/visits/*")
    page.evaluate("Outbox.flush()")
    page.wait_for_timeout(800)
    assert visits(cast) == []
    phone.clear_cookies()
    sign_in(page, live_server.url, "wang")
    received(page).wait_for()
    assert len(visits(cast)) == 1


def test_somebody_elses_shop_answers_as_a_missing_one(page, shops, cast, live_server):
    address = reverse("supervision:fill-visit", args=[shops["平阳路面馆"].pk])
    assert cast.client("wang").get(address).status_code == 200
    assert cast.client("chen").get(address).status_code == 404


def test_a_webview_without_service_worker_says_how_to_use_the_page(browser: Browser, shops, live_server):
    context = browser.new_context(**PHONE)
    context.add_init_script("Object.defineProperty(Navigator.prototype, 'serviceWorker', {get: () => undefined})")
    page = context.new_page()
    sign_in(page, live_server.url, "wang")
    expect(page.locator("[data-no-worker]")).to_have_text("请先打开本页再进店，填完前不要关闭")
    context.close()


def test_without_scripts_the_page_leads_to_the_paper_list(browser: Browser, shops, cast, live_server):
    context = browser.new_context(**PHONE, java_script_enabled=False)
    session = cast.client("wang").cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + reverse("supervision:my-visits"))
    expect(page.locator(".nojs").first).to_contain_text("纸质任务清单")
    context.close()


@pytest.mark.parametrize(("width", "size"), [(390, ""), (320, "xl")])
def test_the_pages_have_no_barriers_and_no_sideways_scroll(browser, shops, live_server, width, size):
    context = browser.new_context(**{**PHONE, "viewport": {"width": width, "height": 844}}, bypass_csp=True)
    context.add_init_script(f"localStorage.setItem('text-size', '{size}')")
    page, found, wide = context.new_page(), {}, {}

    def look(name: str) -> None:
        found[name] = [rule["id"] for rule in Axe().run(page).response["violations"]]
        wide[name] = page.evaluate("document.documentElement.scrollWidth")

    sign_in(page, live_server.url, "wang")
    look("list")
    open_shop(page, "平阳路面馆")
    page.locator("[data-question] .n").first.check(force=True)
    look("form")
    page.locator("[name=refused]").check()
    look("refused")
    page.goto(live_server.url + reverse("supervision:my-records"))
    page.locator("[data-open]:visible").wait_for()
    look("records")
    context.close()
    assert found == {"list": [], "form": [], "refused": [], "records": []}
    assert set(wide.values()) == {width}


def test_a_penalty_that_waits_for_the_receipt_is_said_on_the_list_until_it_is_given(phone, live_server, cast, shops):
    entity, today = shops["平阳路面馆"], this_day()
    penalty = {
        "kind": "penalty", "measures": ["责令停产停业"], "text": "无证", "source": "某区局", "document": "1号",
        "decided_on": today, "since": today,
    }  # fmt: skip
    page = phone.new_page()
    sign_in(page, live_server.url, "wang")
    expect(page.locator("[data-penalties]")).to_be_hidden()
    with acting_in(cast.places["甲街道"].path):
        add_record(entity, "flag", penalty, by=cast.li, on=today, seen=version_of(entity))
        tell_penalties(cast.places["甲街道"], by=None, on=today)
    page.reload()
    expect(page.locator("[data-penalties]")).to_contain_text("处罚告知等您确认已阅 1")
    page.locator("[data-penalties] a").click()
    page.get_by_role("button", name="已阅平阳路面馆的处罚").click()
    page.goto(f"{live_server.url}{reverse('supervision:my-visits')}")
    expect(page.locator("[data-lead]")).not_to_be_empty()
    expect(page.locator("[data-penalties]")).to_be_hidden()
