"""The desk's pages: progress, record, issues; constant in queries, closed to strangers."""

import io
import re

import pytest
import time_machine
from PIL import Image

from supervision.actions.photos import add_photo
from supervision.models import Obligation, Quarter
from supervision.queries.mine import my_document
from tests.supervision.desk import NOW, TODAY, picture, sha


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(TODAY, tick=True):
        yield


def page(desk, name: str, url: str, status: int = 200) -> str:
    answer = desk.client(name).get(url)
    assert answer.status_code == status, answer.content.decode()[:400]
    return answer.content.decode()


@pytest.fixture
def quarter(desk):
    """Wang: one done, one missing; Chen: one missing."""
    done, _missing, _far = (
        desk.entity("已督导店"),
        desk.entity("未督导店"),
        desk.entity("邻社区店", "二社区", cadre="chen"),
    )
    desk.open()
    desk.submit(done)
    return desk


def counts(html: str) -> list[str]:
    """The numbers on the tabs."""
    nav = html.split('<nav class="tabs"')[1].split("</nav>", maxsplit=1)[0]
    return [part.split("</b>")[0].rpartition(">")[2] for part in nav.split("<b")[1:]]


def test_progress_shows_what_is_missing_first_and_each_number_opens_its_list(quarter):
    html = page(quarter, "li", "/supervision/")
    assert counts(html) == ["3", "2", "1", "0", "1"]
    assert html.index("未督导店") < html.index("已督导店")
    assert "王小明" in html and "?quarter=2026Q4&amp;area=" in html
    missing = page(quarter, "li", "/supervision/?tab=missing")
    assert ("未督导店" in missing, "邻社区店" in missing, "已督导店" in missing) == (True, True, False)


def test_progress_is_filtered_by_place_grade_and_words(quarter):
    area = quarter.cast.places["二社区"].pk
    for query, shown in ((f"area={area}", "邻社区店"), ("q=已督导", "已督导店"), ("grade=D", "没有符合条件的记录")):
        html = page(quarter, "li", f"/supervision/?{query}")
        rows = html.split('id="list"')[1].split("各地方进度")[0]
        assert shown in rows and "未督导店" not in rows


@pytest.mark.parametrize("query", ["quarter=2026Q5", "area=1%20or%201", "tab=x", "page=0", "page=1000000000", "q=%00"])
def test_an_address_that_asks_nonsense_shows_the_whole_quarter(quarter, query):
    assert "未督导店" in page(quarter, "li", f"/supervision/?{query}")


def test_no_page_ranks_persons(quarter):
    html = page(quarter, "li", "/supervision/")
    assert [word for word in ("排名", "积分", "打卡", "在线时长", "轨迹") if word in html] == []


def test_each_office_counts_its_own_places(quarter):
    assert counts(page(quarter, "qian", "/supervision/"))[0] == "3"
    assert counts(page(quarter, "zhao", "/supervision/"))[0] == "0"
    assert counts(page(quarter, "sun", "/supervision/"))[0] == "0"
    page(quarter, "wang", "/supervision/", 403)
    page(quarter, "guan", "/supervision/", 403)


@pytest.mark.parametrize("many", [1, 3])
def test_progress_asks_the_same_questions_for_one_row_and_three(desk, many, django_assert_max_num_queries):
    for number in range(many):
        desk.entity(f"第{number}店")
    desk.open()
    client = desk.client("li")
    # Two savepoints, session, person and post take their share before the page begins.
    with django_assert_max_num_queries(26):
        client.get("/supervision/")


def test_the_office_opens_the_quarter_from_the_page(desk):
    desk.entity("一号店")
    answer = desk.client("li").post("/supervision/open/", follow=True)
    assert "2026年第4季度已启动，新增督导任务 1 项。" in answer.content.decode()
    assert (Quarter.objects.count(), Obligation.objects.count()) == (1, 1)
    assert desk.client("leng").post("/supervision/open/").status_code == 403


def test_the_record_prints_on_the_version_it_was_signed_on(desk, shop):
    visit = desk.submit(shop, answers=desk.answers(storage="冷藏柜温度不达标")).visit
    add_photo(visit, picture(), sha=sha(picture()), by=desk.cast.wang, at=NOW)
    html = page(desk, "li", f"/visits/{visit.pk}/")
    for text in (
        visit.number,
        "抓好常态化防控",
        "冷藏柜温度不达标",
        "店长 吴店主",
        visit.task_list.digest[:8],
        '<path d="M0 0L1 2',
    ):
        assert text in html
    photo = visit.photos.get()
    answer = desk.client("li").get(f"/visits/photos/{photo.pk}/")
    assert (answer["Content-Type"], b"".join(answer.streaming_content)[:3]) == ("image/jpeg", b"\xff\xd8\xff")


@pytest.mark.req("GM-19")
def test_when_it_was_done_and_when_it_was_entered_stand_side_by_side(desk, shop):
    there = desk.submit(shop).visit
    paper = desk.submit(shop, by=desk.cast.li, visited_on="2026-11-19", started_at=None).visit
    rows = []
    for visit in (there, paper):
        html = page(desk, "li", f"/visits/{visit.pk}/")
        facts = re.findall(r"<dt>([^<]*)</dt><dd[^>]*>([^<]*)</dd>", html)
        at = [name for name, _value in facts].index("实施时间")
        rows.append(facts[at : at + 2])
    assert rows == [
        [("实施时间", "2026-11-22 09:42"), ("录入时间", "2026-11-22 10:00")],
        [("实施时间", "2026-11-19"), ("录入时间", "2026-11-22 10:00（督导后第 3 天）")],
    ]


def test_a_thumbnail_is_the_same_picture_much_smaller(desk, shop):
    kept = io.BytesIO()
    Image.effect_noise((1600, 1200), 60).convert("RGB").save(kept, "JPEG", quality=90)
    visit = desk.submit(shop, photos=[sha(kept.getvalue())]).visit
    add_photo(visit, kept.getvalue(), sha=sha(kept.getvalue()), by=desk.cast.wang, at=NOW)
    answer = desk.client("wang").get(f"/visits/photos/{visit.photos.get().pk}/small/")
    small = Image.open(io.BytesIO(answer.content))
    assert (small.size, answer["Cache-Control"]) == ((320, 240), "private, no-store")
    assert len(answer.content) < 30_000


def test_the_phone_shows_the_picture_of_the_problem_that_is_still_open(desk, shop):
    whole, close = picture("red"), picture("blue")
    photos = [{"sha256": sha(whole)}, {"sha256": sha(close), "item": "storage"}]
    visit = desk.submit(shop, answers=desk.answers(storage="冷藏柜温度不达标"), photos=photos).visit
    (row,) = my_document(desk.cast.wang, TODAY)["entities"]
    assert [issue["photo"] for issue in row["open_issues"]] == [""]
    for taken in (whole, close):
        add_photo(visit, taken, sha=sha(taken), by=desk.cast.wang, at=NOW)
    (row,) = my_document(desk.cast.wang, TODAY)["entities"]
    shown = visit.photos.get(sha256=sha(close))
    assert [issue["photo"] for issue in row["open_issues"]] == [f"/visits/photos/{shown.pk}/small/"]


@pytest.mark.parametrize("name", ["chen", "zhao", "sun", "wu"])
def test_a_strangers_visit_photo_and_issue_are_missing(desk, shop, name):
    issue = desk.issue(shop)
    add_photo(issue.visit, picture(), sha=sha(picture()), by=desk.cast.wang, at=NOW)
    photo = issue.visit.photos.get()
    photos = f"/visits/photos/{photo.pk}/"
    for url in (f"/visits/{issue.visit.pk}/", photos, f"{photos}small/", f"/issues/{issue.pk}/"):
        assert desk.client("wang").get(url).status_code == 200
        page(desk, name, url, 404)


def test_the_officer_lands_on_what_waits_for_the_station(desk, shop):
    desk.issue(shop)
    html = page(desk, "zhou", "/issues/")
    assert counts(html) == ["1", "1", "0", "0", "0", "1"]
    assert "冷藏柜温度不达标" in html and 'href="?tab=station" aria-current="page"' in html


@pytest.mark.parametrize("many", [1, 3])
def test_the_list_of_issues_asks_the_same_questions_for_one_and_three(desk, shop, many, django_assert_max_num_queries):
    for number in range(many):
        desk.issue(shop, f"第{number}个问题")
    client = desk.client("zhou")
    with django_assert_max_num_queries(22):
        client.get("/issues/")


def test_buttons_are_grey_with_their_reason(desk, shop):
    issue = desk.issue(shop)
    html = page(desk, "zhou", f"/issues/{issue.pk}/")
    assert 'aria-describedby="why-start"' in html and "问题现在是“已移交待报到”，不能开始处置。" in html
    assert 'aria-describedby="why-acknowledge"' not in html
    assert "办理</h2>" not in page(desk, "leng", f"/issues/{issue.pk}/")


def test_an_issue_goes_through_its_page_and_keeps_the_words_of_a_refused_act(desk, shop):
    issue = desk.issue(shop)
    station, cadre = desk.client("zhou"), desk.client("wang")
    station.post(f"/issues/{issue.pk}/acknowledge/")
    empty = station.post(f"/issues/{issue.pk}/answer/", {"text": ""})
    assert (empty.status_code, "要写明情况" in empty.content.decode()) == (422, True)
    station.post(f"/issues/{issue.pk}/answer/", {"text": "已责令改正"})
    told = issue.events.get(verb="answer")
    unseen = cadre.post(f"/issues/{issue.pk}/close/", {"text": ""})
    assert (unseen.status_code, "还没有看过最新的一条" in unseen.content.decode()) == (409, True)
    assert cadre.post(f"/issues/{issue.pk}/close/", {"seen": told.pk}).status_code == 302
    assert "已办结" in cadre.get(f"/issues/{issue.pk}/").content.decode()
    assert station.post(f"/issues/{issue.pk}/reopen/").status_code == 403
    assert station.post(f"/issues/{issue.pk}/explode/").status_code == 404
