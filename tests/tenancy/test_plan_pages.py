"""实施方案 in the browser: who reads what, the text with its faults, a stale edit, comparing, annexes."""

import hashlib
from datetime import date
from io import BytesIO
from urllib.parse import unquote

import pikepdf
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.urls import reverse
from docx import Document

from tenancy.actions.drafts import put_in_force, start_draft
from tenancy.actions.plans import adopt_plan
from tenancy.models import Plan, PlanAnnex, PlanDraft
from tenancy.plans import shipped_plan
from tenancy.plans.writing import plan_text
from tenancy.queries.papers import draft_file, file_of
from tenancy.scoping import acting_in
from tests.cast import SINCE, Cast, shown
from tests.tenancy.test_plan_drafts import NOW, PLANTED, TODAY

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
pytestmark = pytest.mark.usefixtures("_today")


@pytest.fixture
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def plan(cast: Cast) -> Plan:
    with acting_in("990101/001/"):
        return adopt_plan(cast.places["甲街道"], shipped_plan("gumei"), since=SINCE, by=cast.bian)


def begun(cast: Cast, basis="gumei", name="修订稿", place="甲街道") -> PlanDraft:
    with acting_in(cast.places[place].path):
        return start_draft(cast.places[place], name=name, basis=basis, by=None, at=NOW)


def page(client: Client, name: str, *args, status: int = 200, **query) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == status, response.content.decode()[-600:]
    return response.content.decode()


def pdf() -> bytes:
    out = BytesIO()
    made = pikepdf.new()
    made.add_blank_page()
    made.save(out)
    return out.getvalue()


def word(text: str = "附件一") -> bytes:
    out, made = BytesIO(), Document()
    made.add_paragraph(text)
    made.save(out)
    return out.getvalue()


@pytest.mark.req("GM-01", "GM-49")
def test_the_page_of_a_plan_shows_paper_values_sources_and_basis(cast: Cast, plan: Plan) -> None:
    draft = begun(cast, basis=plan)
    with acting_in("990101/001/"):
        header = {
            **shipped_plan("gumei").header.model_dump(mode="json"),
            "number": "甲办〔2027〕1号",
            "copies_to": ["区局"],
        }
        PlanDraft.objects.filter(pk=draft.pk).update(header=header)
        newer = put_in_force(
            PlanDraft.objects.get(pk=draft.pk), since=date(2027, 1, 1), seen=1, opened=(), by=None, on=TODAY, at=NOW
        )
    text = page(cast.client("li"), "tenancy:show-plan", newer.pk)
    for words in ("甲办〔2027〕1号", "<dt>抄送</dt><dd>区局</dd>", "<li>食安委发〔2022〕7号</li>", "2027-01-01 起施行",
                  "<dt>主送</dt><dd>机关各部门；各企事业单位；各居民区</dd>", "<dt>成文日期</dt><dd>2022-12-13</dd>"):  # fmt: skip
        assert words in text
    assert '<dt id="key-cadre_cap">每名干部最多包保几户</dt>' in text
    assert '<dd class="vals__s">甲办〔2027〕1号 三（一）</dd>' in text
    printed = page(cast.client("li"), "tenancy:print-plan", newer.pk)
    assert "<dt>抄送</dt><dd>区局</dd>" in printed and "<details" not in printed


def test_the_list_shows_own_and_upper_plans_and_drafts_to_their_editor_only(cast: Cast, plan: Plan) -> None:
    with acting_in("990101/"):
        adopt_plan(cast.places["东城区"], shipped_plan("suining"), since=SINCE, by=None)
    begun(cast)
    editor, clerk = page(cast.client("bian"), "tenancy:list-plans"), page(cast.client("li"), "tenancy:list-plans")
    for text in (editor, clerk):
        assert text.index(plan.title) < text.index(shipped_plan("suining").header.title)
    assert ("修订稿" in editor, "修订稿" in clerk) == (True, False)
    above = page(cast.client("qian"), "tenancy:list-plans")
    assert "下级的方案" in above and plan.title in above


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_questions_for_one_plan_and_for_three(
    cast: Cast, plan: Plan, rows: int, django_assert_num_queries
) -> None:
    with acting_in("990101/001/"):
        for month in range(2, rows + 1):
            day = date(2026, month, 1)
            Plan.objects.filter(pk=plan.pk).update(valid=(plan.valid.lower, day))
            plan.pk, plan.valid = None, DateRange(day, None)
            plan.save()
    for number in range(rows):
        begun(cast, name=f"第{number}稿")
    client = cast.client("bian")
    with django_assert_num_queries(16):
        text = page(client, "tenancy:list-plans")
    assert (text.count("/plans/drafts/") - 1, text.count('class="sub">闵古办〔2022〕40号')) == (rows, rows)


@pytest.mark.req("LC-01")
def test_a_plan_not_for_publication_leaks_to_no_shop_and_no_stranger(cast: Cast) -> None:
    header = shipped_plan("gumei").header.model_copy(
        update={"publicity": "closed", "title": "内部方案", "number": "密〔2026〕1号"}
    )
    with acting_in("990101/001/"):
        closed = adopt_plan(
            cast.places["甲街道"], shipped_plan("gumei").model_copy(update={"header": header}), since=SINCE, by=None
        )
        opened = adopt_plan(cast.places["一社区"], shipped_plan("suining"), since=SINCE, by=None)
        annex = PlanAnnex.objects.create(
            jurisdiction=closed.jurisdiction, place=closed.place, plan=closed, title="内部附件", stored="x",
            filename="a.pdf", sha256="0" * 64, kind="pdf",
        )  # fmt: skip
    # There is something to leak: the cadre of the community reads it.
    assert "密〔2026〕1号 三（一）" in page(cast.client("wang"), "tenancy:show-plan", opened.pk)
    shop = cast.client("wu")
    for address in ("tenancy:list-plans", "tenancy:compare-plans"):
        text = page(shop, address)
        assert "内部方案" not in text and "密〔2026〕1号" not in text
        assert opened.title in text
    text = page(shop, "tenancy:show-plan", opened.pk)
    assert "密〔2026〕1号" not in text and "系统默认" in text
    resolved = shop.get(reverse("tenancy:api-show-plan", args=[opened.pk])).content.decode()
    assert "密〔2026〕1号" not in resolved and "内部方案" not in resolved
    for name, args in (
        ("show-plan", [closed.pk]), ("print-plan", [closed.pk]), ("download-plan", [closed.pk]),
        ("download-annex", [annex.pk]), ("api-show-plan", [closed.pk]),
    ):  # fmt: skip
        for stranger in ("wu", "sun", "zhao"):
            gone = [args[0] + 10_000_000]
            asked = cast.client(stranger)
            there, missing = (asked.get(reverse(f"tenancy:{name}", args=each)) for each in (args, gone))
            assert (there.status_code, shown(there)) == (404, shown(missing))
        assert Client().get(reverse(f"tenancy:{name}", args=args)).status_code in (302, 401, 403)
    ref = {"old": f"plan-{closed.pk}", "new": "shipped-national"}
    assert shop.get(reverse("tenancy:compare-plans"), ref).status_code == 404


@pytest.mark.parametrize("name", ["guan", "an", "shen"])
def test_administrators_read_no_plans(cast: Cast, plan: Plan, name: str) -> None:
    for address in ("tenancy:list-plans", "tenancy:compare-plans"):
        page(cast.client(name), address, status=403)
    page(cast.client(name), "tenancy:show-plan", plan.pk, status=403)


def test_a_draft_is_begun_from_the_plan_in_force(cast: Cast, plan: Plan) -> None:
    client = cast.client("bian")
    assert "从哪里开始" in page(client, "tenancy:start-draft", basis=f"plan-{plan.pk}")
    response = client.post(
        reverse("tenancy:start-draft"),
        {"name": "2027年修订稿", "basis": f"plan-{plan.pk}", "place": cast.places["甲街道"].pk},
    )
    with acting_in("990101/001/"):
        draft = PlanDraft.objects.get()
        assert (draft.name, draft.document, draft.edited_by) == ("2027年修订稿", plan.document, cast.bian)
    assert response["Location"] == reverse("tenancy:show-draft", args=[draft.pk])
    assert "内容和现行方案一样" in page(client, "tenancy:show-draft", draft.pk)


def test_a_text_with_faults_comes_back_whole_with_every_line_named(cast: Cast) -> None:
    draft, client = begun(cast), cast.client("bian")
    response = client.post(reverse("tenancy:edit-draft-text", args=[draft.pk]), {"text": PLANTED, "seen": 1})
    text = response.content.decode()
    assert response.status_code == 422
    assert "有 13 处要改，什么都没有保存" in text
    assert (
        '<td class="num">7</td><td class="wrap">每名干部最多包保几户<div class="sub mono">values.cadre_cap</div></td><td class="wrap">“0”太小，不能小于 1</td>'
        in text
    )
    assert '<td class="wrap mono">cadre_cap: 0</td>' in text
    assert "performance_board: person\n</textarea>" in text
    with acting_in("990101/001/"):
        assert PlanDraft.objects.get().version == 1


def test_a_text_is_taken_from_a_file_and_given_out_again_the_same(cast: Cast) -> None:
    draft, client = begun(cast, basis=None), cast.client("bian")
    sent = plan_text(shipped_plan("gumei"))
    client.post(
        reverse("tenancy:edit-draft-text", args=[draft.pk]),
        {"text": "", "seen": 1, "file": SimpleUploadedFile("方案.yaml", sent.encode())},
    )
    download = client.get(reverse("tenancy:download-draft", args=[draft.pk]))
    assert download.content.decode() == sent
    assert unquote(download["Content-Disposition"]).endswith("修订稿.yaml")


def test_a_stale_text_is_kept_on_the_page_and_the_second_press_means_it(cast: Cast) -> None:
    draft, client = begun(cast), cast.client("bian")
    address = reverse("tenancy:edit-draft-text", args=[draft.pk])
    mine = plan_text(shipped_plan("suining"))
    with acting_in("990101/001/"):
        PlanDraft.objects.filter(pk=draft.pk).update(version=2)
    stale = client.post(address, {"text": mine, "seen": 1})
    text = stale.content.decode()
    assert stale.status_code == 409
    assert "这次没有保存；请对照最新内容后再保存" in text and "三个必到场" in text
    assert '<input type="hidden" name="seen" value="2"' in text
    again = client.post(address, {"text": mine, "seen": 2})
    assert (again.status_code, again["Location"]) == (302, reverse("tenancy:show-draft", args=[draft.pk]))


def test_two_plans_stand_beside_each_other_with_only_what_differs(cast: Cast, plan: Plan) -> None:
    draft = begun(cast)
    with acting_in("990101/001/"):
        PlanDraft.objects.filter(pk=draft.pk).update(
            document={**plan.document, "values": {**plan.document["values"], "cadre_cap": 12}}
        )
    client = cast.client("bian")
    text = page(client, "tenancy:compare-plans", old=f"plan-{plan.pk}", new=f"draft-{draft.pk}")
    assert "1 处不同" in text
    assert "<del>10</del>" in text and "<ins>12</ins>" in text
    answer = client.get(
        reverse("tenancy:api-compare-plans"), {"old": f"plan-{plan.pk}", "new": f"draft-{draft.pk}"}
    ).json()
    assert answer["differences"] == [
        {
            "key": "cadre_cap",
            "old": 10,
            "new": 12,
            "is_order": False,
            "old_clause": "三（一）",
            "new_clause": "三（一）",
        }
    ]
    assert client.get(reverse("tenancy:compare-plans"), {"old": "plan-1x", "new": "draft-99999"}).status_code == 404


@pytest.mark.req("LC-45")
def test_annexes_are_kept_as_they_came_and_handed_out_again(cast: Cast, plan: Plan) -> None:
    client = cast.client("bian")
    for title, name, data in (
        ("意见", "意见.pdf", pdf()),
        ("规定", "规定.docx", word()),
        ("数据收集表", "表.docx", word("表")),
    ):
        sent = {"title": title, "file": SimpleUploadedFile(name, data)}
        assert client.post(reverse("tenancy:attach-annex", args=[plan.pk]), sent).status_code == 302
        with acting_in("990101/001/"):
            annex = PlanAnnex.objects.get(title=title)
        assert annex.sha256 == hashlib.sha256(data).hexdigest()
        # A cadre of the community reads the plan of the street above, and its annexes.
        got = cast.client("wang").get(reverse("tenancy:download-annex", args=[annex.pk]))
        assert b"".join(got.streaming_content) == data
        assert (got["X-Content-Type-Options"], got["Content-Disposition"][:10]) == ("nosniff", "attachment")
    text = page(cast.client("wang"), "tenancy:show-plan", plan.pk)
    assert text.index(">意见<") < text.index(">规定<") < text.index(">数据收集表<")


def macro_word() -> bytes:
    from zipfile import ZipFile

    data = BytesIO(word())
    with ZipFile(data, "a") as archive:
        archive.writestr("word/vbaProject.bin", b"x")
    return data.getvalue()


def template_word() -> bytes:
    from zipfile import ZipFile

    data = BytesIO(word())
    with ZipFile(data, "a") as archive:
        archive.writestr(
            "word/_rels/settings.xml.rels",
            '<Relationships><Relationship Type="http://x/attachedTemplate" Target="http://192.0.2.1/a.dotm"'
            ' TargetMode="External"/></Relationships>',
        )
    return data.getvalue()


def scripted_pdf() -> bytes:
    out, made = BytesIO(), pikepdf.new()
    made.add_blank_page()
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    made.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.docx", macro_word, "文件中含有宏，出于安全考虑不予接收。请去掉后另存，或另存为 PDF 再传。"),
        ("a.docx", template_word, "文件中含有打开时从别处取用的模板，出于安全考虑不予接收。请去掉后另存，或另存为 PDF 再传。"),
        ("a.pdf", scripted_pdf, "PDF文件里有自动执行的动作，可能在打开时运行程序，不予接收。请把纸质件重新扫描成PDF，或拍照上传。"),
        ("a.pdf", lambda: b"<html><script>1</script>", "只收完整的 PDF、.docx 和 .xlsx 文件，这个文件打不开或不是这几种。请另存为 PDF 再传。"),
        ("a.xlsx", lambda: b"a,b\n1,2\n", "只收 PDF、.docx 和 .xlsx 文件。旧格式请另存为新格式或 PDF 后再传。"),
    ],
)  # fmt: skip
def test_a_file_that_could_do_something_is_not_taken(cast: Cast, plan: Plan, name, data, sentence) -> None:
    sent = {"title": "", "file": SimpleUploadedFile(name, data())}
    response = cast.client("bian").post(reverse("tenancy:attach-annex", args=[plan.pk]), sent)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    with acting_in("990101/001/"):
        assert PlanAnnex.objects.count() == 0


def test_the_text_of_a_plan_is_downloaded_as_its_file(cast: Cast, plan: Plan) -> None:
    response = cast.client("li").get(reverse("tenancy:download-plan", args=[plan.pk]))
    with acting_in("990101/001/"):
        assert response.content.decode() == plan_text(file_of(plan))


def test_the_menu_leads_offices_to_the_plans_and_administrators_not(cast: Cast, plan: Plan) -> None:
    link = f'href="{reverse("tenancy:list-plans")}"'
    assert link in page(cast.client("li"), "reports:home")
    assert link not in page(cast.client("guan"), "reports:home")


def test_a_draft_shows_what_keeps_it_from_being_put_in_force(cast: Cast, plan: Plan) -> None:
    draft = begun(cast)
    with acting_in("990101/001/"):
        values = {**draft.document["values"], "tier_map": {"D": "moon"}}
        PlanDraft.objects.filter(pk=draft.pk).update(document={**draft.document, "values": values})
        assert draft_file(PlanDraft.objects.get()).values["tier_map"] == {"D": "moon"}
    text = page(cast.client("bian"), "tenancy:show-draft", draft.pk)
    assert "D 级对应的层级“moon”没有在 tiers 里写明" in text
