"""The letters' pages and endpoints as their users meet them, and what everybody else gets."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from commitments import actions
from commitments.models import CommitmentLetter, LetterReview
from tenancy.scoping import acting_in
from tests.cast import shown
from tests.commitments.conftest import upload

MISSING = 999_999


def at(name, *args):
    return reverse(f"commitments:{name}", args=args)


def inside(office):
    return acting_in(office.cast.places["东城区"].path)


def letter_of(office, name="李㛃"):
    with inside(office):
        return office.letter(name)


def waiting(office, *names):
    with inside(office):
        return [office.uploaded(name, shade) for name, shade in zip(names, ("white", "ivory", "snow"), strict=False)]


def test_the_list_has_its_tabs_with_counts_and_the_reason_of_those_signed_above(office):
    client = office.cast.client("li")
    html = client.get(at("list-letters")).content.decode()
    assert "李㛃" in html
    assert [tab["count"] for tab in client.get(at("list-letters")).context["tabs"]] == [6, 0, 0, 0, 2]
    above = client.get(at("list-letters"), {"tab": "above"}).content.decode()
    assert "本人就是本级党工委主要负责人，不能同自己签订，由上级组织签订" in above
    assert "方案的签订关系没有列入这一类干部，由上级组织签订" in above


def test_filters_live_in_the_address(office):
    page = office.cast.client("li").get(at("list-letters"), {"q": "㛃", "tier": "community"})
    assert [letter.signer_name for letter, _kind, _tier in page.context["rows"]] == ["李㛃"]
    assert page.context["tabs"][0]["count"] == 1


def test_the_list_asks_the_same_questions_for_one_letter_and_for_many(office):
    client = office.cast.client("li")
    client.get(at("list-letters"))
    asked = []
    for query in ({"q": "李㛃"}, {"tier": "community"}, {}):
        with CaptureQueriesContext(connection) as seen:
            client.get(at("list-letters"), query)
        asked.append(len([one for one in seen if one["sql"].startswith("SELECT") and "set_config" not in one["sql"]]))
    # Six of them find the person, the post and its places.
    assert asked == [13, 13, 13]


def test_issuing_from_the_page_says_how_many_and_nothing_happens_twice(office):
    with inside(office):
        CommitmentLetter.objects.all().delete()
    client = office.cast.client("li")
    assert client.get(at("list-letters")).context["ready"] == 6
    said = [client.post(at("issue-letters"), follow=True).content.decode() for _time in range(2)]
    assert ["已生成6份承诺书" in html for html in said] == [True, False]
    assert "另有2人没有生成" in said[0]
    assert office.cast.client("qian").post(at("issue-letters")).status_code == 403


def test_the_pdf_is_drawn_on_the_first_download_and_the_same_after(office):
    letter = letter_of(office)
    client = office.cast.client("li")
    answers = [client.get(at("download-letter", letter.pk)) for _time in range(2)]
    assert answers[0].content[:5] == b"%PDF-"
    assert answers[0].content == answers[1].content
    assert "attachment" in answers[0]["Content-Disposition"]
    assert letter_of(office).state == "issued"


def test_a_print_file_waits_until_every_letter_is_drawn(office):
    client = office.cast.client("li")
    refused = client.get(at("print-letters"))
    assert (refused.status_code, "还有6份正在排版" in refused.content.decode()) == (409, True)
    with inside(office):
        for letter in CommitmentLetter.objects.all():
            actions.build_letter(letter)
    assert client.get(at("print-letters")).content[:5] == b"%PDF-"
    assert client.get(at("print-letters"), {"part": "2"}).status_code == 409


@pytest.mark.req("GM-34")
def test_an_upload_is_answered_with_its_pages_and_a_bad_file_beside_the_field(office):
    letter = letter_of(office)
    client = office.cast.client("li")
    bad = client.post(at("upload-scan", letter.pk), {"file": upload(b"GIF89a", "x.jpg")})
    assert (bad.status_code, "系统只收JPEG、PNG、WebP图片或PDF文件" in bad.content.decode()) == (422, True)
    assert client.post(at("upload-scan", letter.pk)).status_code == 422
    good = client.post(at("upload-scan", letter.pk), {"file": upload()}, follow=True)
    assert "已收到全部1页，等待街道食药安办审核。" in good.content.decode()
    scan_id = good.context["scan"].pk
    page = client.get(at("show-page", letter.pk, scan_id, 1))
    assert (page["Content-Type"], b"".join(page.streaming_content)[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    assert page["X-Content-Type-Options"] == "nosniff"
    assert client.get(at("show-page", letter.pk, scan_id, 2)).status_code == 404


def test_reviewing_moves_on_to_the_next_and_can_be_taken_back(office):
    first, second = waiting(office, "李㛃", "𬭊文军")
    client = office.cast.client("li")
    assert [each.pk for each in client.get(at("review-letters")).context["queue"]] == [first.pk, second.pk]
    passed = client.post(at("review-letter", first.pk), {"decision": "passed"})
    assert passed.url == f"{at('review-letters')}?letter={second.pk}"
    assert "已通过 李㛃 的承诺书" in client.get(passed.url).content.decode()
    undone = client.post(at("undo-review", first.pk))
    assert undone.url == f"{at('review-letters')}?letter={first.pk}"
    assert letter_of(office).state == "uploaded"


def test_a_return_needs_its_reason_and_the_office_sees_it(office):
    (letter,) = waiting(office, "李㛃")
    client = office.cast.client("li")
    empty = client.post(at("review-letter", letter.pk), {"decision": "returned"})
    assert (empty.status_code, "退回要写明原因" in empty.content.decode()) == (422, True)
    assert client.post(
        at("review-letter", letter.pk), {"decision": "returned", "stock": "缺页", "reason": "缺第2页"}
    ).url == at("review-letters")
    html = client.get(at("show-letter", letter.pk)).content.decode()
    assert "街道食药安办退回：缺页；缺第2页。改好后重新上传扫描件。" in html
    client.post(at("upload-scan", letter.pk), {"file": upload()})
    assert letter_of(office).state == "uploaded"


def test_a_street_cannot_pass_its_own_letters_and_the_district_only_looks_at_the_communities(office):
    own, community = waiting(office, "严副", "李㛃")
    sentence = "严副的承诺书由区食药安办审核（闵古办〔2022〕40号 三（四）2），您的岗位可以查看，不能代为审核。"
    refused = office.cast.client("li").post(at("review-letter", own.pk), {"decision": "passed"})
    assert (refused.status_code, sentence in refused.content.decode()) == (403, True)
    api = office.cast.client("li").post(
        at("api-review-letter", own.pk), {"decision": "passed"}, content_type="application/json"
    )
    assert (api.status_code, api.json()) == (403, {"code": "forbidden", "detail": sentence})
    district = office.cast.client("qian")
    assert [each.pk for each in district.get(at("review-letters")).context["queue"]] == [own.pk]
    assert district.get(at("show-letter", community.pk)).status_code == 200
    assert district.post(at("review-letter", community.pk), {"decision": "passed"}).status_code == 403
    assert district.post(at("review-letter", own.pk), {"decision": "passed"}).status_code == 302
    with inside(office):
        assert LetterReview.objects.count() == 1


def test_delegate_and_filing_from_the_page(office):
    letter = letter_of(office)
    client = office.cast.client("li")
    delegate = {"name": "严副", "title": "办事处副主任", "basis": "会纪〔2026〕3号"}
    assert client.post(at("name-delegate", letter.pk), {"name": "严副"}).status_code == 422
    assert client.post(at("name-delegate", letter.pk), delegate).status_code == 302
    waiting(office, "李㛃")
    client.post(at("review-letter", letter.pk), {"decision": "passed"})
    assert client.post(at("file-letter", letter.pk), {"archive_number": ""}).status_code == 422
    client.post(at("file-letter", letter.pk), {"archive_number": "档-1"})
    assert (letter_of(office).state, letter_of(office).delegate_name) == ("filed", "严副")


READS = ("show-letter", "download-letter", "api-show-letter")
ACTS = (
    *("name-delegate", "upload-scan", "file-letter", "review-letter", "undo-review", "api-name-delegate"),
    *("api-upload-scan", "api-review-letter", "api-undo-review", "api-file-letter"),
)


@pytest.mark.parametrize("name", [*READS, *ACTS])
@pytest.mark.parametrize("who", ["zhao", "sun"])
def test_another_streets_letter_is_answered_exactly_as_a_missing_one(office, who, name):
    letter = letter_of(office)
    client = office.cast.client(who)
    call = client.get if name in READS else client.post
    theirs, missing = (call(at(name, pk)) for pk in (letter.pk, MISSING))
    assert (theirs.status_code, missing.status_code) == (404, 404)
    assert shown(theirs) == shown(missing)
    assert letter_of(office).state == "draft"


def test_a_cadre_meets_only_his_own_letter_and_uploads_it(office):
    mine, theirs = letter_of(office, "王小明"), letter_of(office)
    client = office.cast.client("wang")
    rows = client.get(at("list-letters")).context["rows"]
    assert [letter.pk for letter, _kind, _tier in rows] == [mine.pk]
    assert client.get(at("show-letter", theirs.pk)).status_code == 404
    assert [row["id"] for row in client.get(at("api-list-letters")).json()["results"]] == [mine.pk]
    assert client.post(at("upload-scan", mine.pk), {"file": upload()}).status_code == 302
    assert client.get(at("review-letters")).status_code == 403


@pytest.mark.parametrize("who", ["wu", "zhou", "guan", "an", "shen"])
def test_who_has_nothing_to_do_with_letters_is_told_so(office, who):
    for name in ("list-letters", "review-letters", "api-list-letters"):
        assert office.cast.client(who).get(at(name)).status_code == 403


def test_a_stranger_is_sent_to_the_login(client, office):
    for name in ("list-letters", "review-letters"):
        assert client.get(at(name)).url.startswith("/login") or "next=" in client.get(at(name)).url
    assert client.get(at("api-list-letters")).status_code in (401, 403)


def test_the_endpoints_answer_with_the_pages_own_sentences(office):
    letter = letter_of(office)
    client = office.cast.client("li")

    def post(name, body, **options):
        return client.post(at(name, letter.pk), json.dumps(body), content_type="application/json", **options)

    assert (
        client.post(at("api-upload-scan", letter.pk), {"file": upload(b"x", "x.jpg")}).json()["code"] == "unsupported"
    )
    receipt = client.post(at("api-upload-scan", letter.pk), {"file": upload()})
    assert (receipt.status_code, receipt.json()["pages"]) == (201, 1)
    empty = post("api-review-letter", {"decision": "returned"})
    assert (empty.status_code, empty.json()["detail"][:6]) == (422, "退回要写明原")
    for body in ([], 7, {"decision": "returned", "reason": "\ud800"}):
        assert post("api-review-letter", body).status_code == 400
    assert post("api-review-letter", {"decision": "passed"}).json()["decision"] == "passed"
    assert post("api-review-letter", {"decision": "passed"}).status_code == 409
    assert post("api-undo-review", {}).json()["state"] == "uploaded"
    assert client.get(at("api-show-letter", letter.pk)).json()["state_label"] == "待审"
    assert client.post(at("api-issue-letters")).json()["letters"] == []


def test_today_is_the_day_of_issue(office):
    with inside(office):
        CommitmentLetter.objects.filter(signer_name="李㛃").delete()
    office.cast.client("li").post(at("issue-letters"))
    assert letter_of(office).issued_on == timezone.localdate()


def test_the_street_sees_what_the_district_decided_though_it_cannot_read_the_district(office):
    (letter,) = waiting(office, "韦委员")
    with inside(office):
        actions.review(letter, "returned", "缺第2页", by=office.cast.qian, at=timezone.now())
    page = office.cast.client("li").get(at("show-letter", letter.pk))
    assert [(item["title"], item["text"]) for item in page.context["timeline"]] == [
        ("退回", "缺第2页"),
        ("上传扫描件", "扫描.jpg"),
    ]
    assert page.context["timeline"][0]["by"] == letter.reviewer_body
