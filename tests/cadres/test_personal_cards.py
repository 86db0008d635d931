"""Cards for a whole street: who gets one, in which order, what is printed, and that the file goes with its cards."""

import io
from datetime import UTC, datetime, timedelta

import pypdfium2
import pytest
import time_machine
import zxingcpp
from django.core.files.storage import default_storage
from django.test import Client

from cadres.actions.cards import ask_for_cards, claim_sheet, remove_expired_sheets, write_sheet
from cadres.models import InvitationSheet
from cadres.queries.access import AccessFilter, access, access_counts
from cadres.tasks import draw_sheet
from tenancy.actions.accounts import appoint, create_login
from tenancy.actions.invitations import invite
from tenancy.models import AuditEvent, Door, Jurisdiction, Post, User
from tenancy.rules.refusals import Forbidden, Refused
from tenancy.rules.roles import Role
from tenancy.scoping import acting_in
from tests.cast import shown
from tests.tenancy.doors import PIN

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
TODAY = NOW.date()
ORIGIN = "https://baobao.example.cn"
WEEK = timedelta(days=7)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as moving:
        yield moving


@pytest.fixture
def office(served, clock):
    """A street whose cadres are Wang (一社区), Chen (二社区) and 郑副主任, of whom nobody has come in yet."""
    return served


def inside(office):
    return acting_in(office.place.path)


def asked(office, *, area: str = "", again: bool = False) -> InvitationSheet:
    path = office.cast.places[area].path if area else office.place.path
    return ask_for_cards(path, again=again, origin=ORIGIN, by=office.cast.li, on=TODAY, at=NOW)


def drawn(office, **more) -> InvitationSheet:
    sheet = asked(office, **more)
    assert claim_sheet(sheet.pk) and write_sheet(sheet.pk, on=TODAY, at=NOW)
    sheet.refresh_from_db()
    return sheet


def pages_of(sheet: InvitationSheet) -> list[tuple[str, list[str]]]:
    """Text and codes of every page."""
    with default_storage.open(sheet.stored) as file:
        document = pypdfium2.PdfDocument(io.BytesIO(file.read()))
    pages = []
    for page in document:
        words = page.get_textpage()
        codes = sorted(zxingcpp.read_barcodes(page.render(scale=3).to_pil()), key=lambda code: code.position.top_left.y)
        pages.append((words.get_text_range().replace("\r\n", ""), [code.text for code in codes]))
        words.close()
        page.close()
    document.close()
    return pages


def came_in(office, name: str) -> None:
    User.objects.filter(pk=office.cast.posts[name].user_id).update(last_login=NOW)


def test_one_printing_has_a_card_for_everybody_by_community(office) -> None:
    with inside(office):
        sheet = drawn(office)
        assert (sheet.state, sheet.cards, sheet.expires_at) == ("done", 3, NOW + WEEK)
        pages = pages_of(sheet)
    # The street's own people first, then community by community, each on a page of its own.
    assert [name in text for (text, _), name in zip(pages, ("郑副主任", "王小明", "陈志强"), strict=True)] == [True] * 3
    assert ["甲街道" in pages[0][0], "一社区" in pages[1][0], "二社区" in pages[2][0]] == [True] * 3
    for text, codes in pages:
        for sentence in ("用自己的手机扫这个码。", "填手机号后四位（没登记的填姓名）。", "设一个6位PIN，以后只输PIN。"):
            assert sentence in text
        assert "11月27日 10:00前有效，只能用一次" in text
        assert len(codes) == 1 and codes[0].startswith(f"{ORIGIN}/c/")


def test_a_printed_code_binds_the_phone_of_the_person_beside_it(office) -> None:
    with inside(office):
        (_text, (code,)) = pages_of(drawn(office, area="一社区"))[0]
        last4 = office.cast.wang.phone.last4
    client = Client()
    answer = client.post(code.removeprefix(ORIGIN), {"known": last4, "pin": PIN, "again": PIN})
    assert answer.status_code == 302
    assert client.get("/me/").content.decode().count("王小明") >= 1
    assert Door.objects.of("device", office.cast.wang.pk).count() == 1


def test_a_printing_makes_the_logins_it_needs_and_ends_older_cards(office) -> None:
    with inside(office):
        leader = Post.objects.get(person_name="郑副主任")
        assert leader.user is None
        earlier = invite(office.cast.wang, by=office.cast.li, on=TODAY, at=NOW)
        assert drawn(office).cards == 2
        sheet = drawn(office, again=True)
        leader.refresh_from_db()
        assert sheet.cards == 3 and not leader.user.has_usable_password()
    assert Client().get(f"/c/{earlier.token}/").status_code == 404
    assert Door.objects.open_at(NOW).filter(kind="invitation").count() == 3


def test_who_has_come_in_gets_no_card(office) -> None:
    came_in(office, "wang")
    with inside(office):
        assert drawn(office).cards == 2
        with pytest.raises(Refused, match="没有需要制作个人卡的人"):
            asked(office)
        with pytest.raises(Refused, match="没有需要制作个人卡的人"):
            asked(office, area="一社区", again=True)


def test_whoever_comes_in_while_the_printing_waits_is_left_out(office) -> None:
    with inside(office):
        sheet = asked(office, area="一社区")
    came_in(office, "wang")
    with inside(office):
        assert claim_sheet(sheet.pk) and write_sheet(sheet.pk, on=TODAY, at=NOW)
        sheet.refresh_from_db()
        assert (sheet.state, sheet.stored) == ("failed", "") and "没有要制作的" in sheet.error


def test_only_the_own_place_and_only_who_keeps_the_roster(office) -> None:
    cast = office.cast
    with acting_in(cast.places["东城区"].path):
        for name in ("wang", "leng", "guan", "qian"):
            with pytest.raises(Forbidden):
                ask_for_cards(cast.posts[name].place, again=False, origin="", by=cast.posts[name], on=TODAY, at=NOW)
        for place in ("乙街道", "东城区"):
            with pytest.raises(Refused, match="只能给本辖区"):
                ask_for_cards(cast.places[place].path, again=False, origin="", by=cast.li, on=TODAY, at=NOW)


def test_the_row_is_drawn_once_and_given_up_after_three_lost_workers(office) -> None:
    tenant = Jurisdiction.objects.get(path="990101/").pk
    with inside(office):
        sheet = asked(office)
    assert draw_sheet(tenant, sheet.pk) is True
    assert draw_sheet(tenant, sheet.pk) is False
    assert Door.objects.of("invitation", office.cast.wang.pk).count() == 1
    with inside(office):
        lost = asked(office, again=True)
        assert [claim_sheet(lost.pk) for _ in range(4)] == [True, True, True, False]
        lost.refresh_from_db()
        assert lost.state == "failed" and "中断了3次" in lost.error


def test_the_file_goes_with_the_last_day_of_its_cards(office, django_capture_on_commit_callbacks) -> None:
    with inside(office):
        sheet = drawn(office)
        assert remove_expired_sheets(at=NOW + WEEK - timedelta(seconds=1)) == 0
        with django_capture_on_commit_callbacks(execute=True):
            assert remove_expired_sheets(at=NOW + WEEK) == 1
        gone, stored = sheet.stored, InvitationSheet.objects.get(pk=sheet.pk)
    assert (stored.state, stored.stored, default_storage.exists(gone)) == ("expired", "", False)


def test_the_trail_names_the_posts_of_a_printing_in_one_row(office) -> None:
    with inside(office):
        drawn(office)
        event = AuditEvent.objects.get(action="tenancy.invitations.issued")
        assert sorted(event.after["posts"]) == sorted([office.wang.post_id, office.chen.post_id, office.leader.post_id])
        assert event.by_post == office.cast.li.pk


def test_states_are_counted_as_they_are_listed(office) -> None:
    came_in(office, "chen")
    with inside(office):
        invite(office.cast.wang, by=office.cast.li, on=TODAY, at=NOW)
        assert access_counts(TODAY, NOW) == {"all": 3, "new": 1, "invited": 1, "opened": 1}
        listed = {
            tab: [row.post.person_name for row in access(AccessFilter(tab=tab), TODAY, NOW)]
            for tab in ("new", "invited", "opened")
        }
        assert listed == {"new": ["郑副主任"], "invited": ["王小明"], "opened": ["陈志强"]}
        later = NOW + WEEK
        assert access_counts(TODAY + WEEK, later) == {"all": 3, "new": 2, "invited": 0, "opened": 1}


def test_the_clerk_finds_who_has_never_come_in_and_narrows_by_community(office) -> None:
    came_in(office, "chen")
    client, area = office.cast.client("li"), office.cast.places["一社区"].pk
    assert "/cadres/access/" in client.get("/cadres/").content.decode()
    page = client.get("/cadres/access/").content.decode()
    assert "3 人中还有 2 人没有打开过" in page
    narrowed = client.get(f"/cadres/access/?area={area}&tab=new").content.decode()
    assert "王小明" in narrowed and "陈志强" not in narrowed and "郑副主任" not in narrowed
    assert client.get("/api/cadres/access?tab=new").json()["count"] == 2
    for name in ("wang", "leng", "qian"):
        assert office.cast.client(name).get("/cadres/access/").status_code == 403


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_however_many_rows(office, django_assert_num_queries, number) -> None:
    with inside(office):
        for _each in range(number):
            office.cadre("新干部", "一社区")
    client, area = office.cast.client("li"), office.cast.places["一社区"].pk
    with django_assert_num_queries(19):
        assert client.get(f"/cadres/access/?area={area}").content.decode().count("新干部</a>") == number


def test_from_the_press_to_the_file(office, django_capture_on_commit_callbacks) -> None:
    client = office.cast.client("li")
    asked_for = client.post("/cadres/access/cards/", {"area": office.cast.places["二社区"].pk})
    page = client.get(asked_for["Location"])
    assert "1 张个人卡" in page.content.decode() and "every 2s" in page.content.decode()
    sheet_id = int(asked_for["Location"].split("/")[-2])
    assert client.get(f"/cadres/cards/{sheet_id}/file/").status_code == 404
    assert draw_sheet(Jurisdiction.objects.get(path="990101/").pk, sheet_id)
    assert client.get(f"/api/cards/{sheet_id}").json()["state"] == "done"
    file = client.get(f"/cadres/cards/{sheet_id}/file/")
    assert b"".join(file.streaming_content).startswith(b"%PDF-")
    # Not even a colleague: whoever asked for the codes answers for them.
    with inside(office):
        office.cast.posts["colleague"] = appoint(
            office.place, role=Role.STREET_OFFICE, person_name="钱同事", user=create_login("colleague"), since=TODAY,
            by=office.cast.li,
        )  # fmt: skip
    for name in ("colleague", "zhao", "sun"):
        stranger = office.cast.client(name)
        assert shown(stranger.get(f"/cadres/cards/{sheet_id}/")) == shown(stranger.get("/cadres/cards/999999/"))


def test_a_cadres_page_gives_a_card_and_takes_a_lost_phone(office) -> None:
    client, wang = office.cast.client("li"), office.wang.pk
    page = client.get(f"/cadres/{wang}/").content.decode()
    assert "未发卡" in page and "还没有绑定手机" in page
    card = client.post(f"/cadres/{wang}/card/").content.decode()
    address = card.split('<code class="code">')[1].split("<")[0]
    assert "<svg" in card and "style=" not in card.split('class="qr"')[1].split("</span>")[0]
    assert office.cast.wang.phone.last4 not in card
    assert "已发卡，11-27 前有效" in client.get(f"/cadres/{wang}/").content.decode()
    phone = Client()
    form = {"known": office.cast.wang.phone.last4, "pin": PIN, "again": PIN}
    assert phone.post(address.removeprefix("http://testserver"), form).status_code == 302
    listed = client.get(f"/cadres/{wang}/").content.decode()
    assert "已打开" in listed and "2026-11-20 绑定，最近一次打开 2026-11-20" in listed
    device = Door.objects.of("device", office.cast.wang.pk).get()
    assert client.post(f"/cadres/{office.chen.pk}/devices/{device.pk}/revoke/").status_code == 404
    assert client.post(f"/cadres/{wang}/devices/{device.pk}/revoke/").status_code == 302
    assert phone.get("/my/")["Location"].startswith("/pin/")


def test_the_endpoints_give_a_card_and_take_a_phone(office) -> None:
    client, wang = office.cast.client("li"), office.wang.pk
    made = client.post(f"/api/cadres/{wang}/invitation")
    assert made.status_code == 201
    form = {"known": office.cast.wang.phone.last4, "pin": PIN, "again": PIN}
    assert Client().post(made.json()["url"].removeprefix("http://testserver"), form).status_code == 302
    (device,) = client.get(f"/api/cadres/{wang}/devices").json()["devices"]
    assert set(device) == {"id", "first_used_on", "last_used_on"}
    assert client.post(f"/api/cadres/{wang}/devices/{device['id']}/revoke").status_code == 200
    assert client.get(f"/api/cadres/{wang}/devices").json() == {"devices": []}
    asked_for = client.post("/api/cards", {"again": True}, content_type="application/json")
    assert (asked_for.status_code, asked_for.json()["cards"], asked_for.json()["state"]) == (202, 2, "queued")


def test_who_keeps_no_roster_gives_no_card(office) -> None:
    """A cadre sees his own page and no way to a card there; a leader reads and gives nothing."""
    wang = office.wang.pk
    for name in ("wang", "leng"):
        client = office.cast.client(name)
        assert "制作个人卡" not in client.get(f"/cadres/{wang}/").content.decode()
        assert client.post(f"/cadres/{wang}/card/").status_code == 403
        assert client.post(f"/api/cadres/{wang}/invitation").status_code == 403
    for name in ("zhao", "sun"):
        client = office.cast.client(name)
        assert shown(client.post(f"/cadres/{wang}/card/")) == shown(client.post("/cadres/999999/card/"))
