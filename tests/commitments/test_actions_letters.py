"""The life of a letter: drawn up once, signed, uploaded, returned, uploaded again, passed, filed; every act on the trail."""

import hashlib
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from cadres.models import Assignment, ResponsibilityList
from commitments import actions
from commitments.models import CommitmentLetter, LetterReview, LetterScan
from commitments.policies import may_file, may_review, may_upload
from commitments.queries import letter_number_in, letters_for, token_of, without_letter
from commitments.tasks import build_letters
from entities.models import Entity
from tenancy.models import AuditEvent
from tenancy.rules.refusals import Refused
from tenancy.scans import UnreadablePicture
from tenancy.scoping import acting_in
from tests.cast import SINCE
from tests.commitments.conftest import AT, DAY, later, picture


def refusal(act, *args, **kwargs):
    with pytest.raises(Refused) as caught, transaction.atomic():
        act(*args, **kwargs)
    return caught.value


def trail(letter):
    events = AuditEvent.objects.filter(subject="commitments.commitmentletter", subject_id=letter.pk).order_by("pk")
    return [event.action.rpartition(".")[2] for event in events]


def test_every_cadre_gets_one_letter_with_the_printed_counterpart(desk):
    issued = desk.issue()
    assert {letter.signer_name: (letter.pair, letter.other_name) for letter in issued.letters} == {
        "韦委员": ("pair-1", "林书记"),
        "严副": ("pair-2", "刘主任"),
        "徐调研": ("pair-3", "林书记"),
        "李㛃": ("pair-4", "刘主任"),
        "𬭊文军": ("pair-5", "李㛃"),
    }
    assert {cadre.post.person_name: reason for cadre, reason in issued.above} == {
        "林书记": "本人就是本级党工委主要负责人，不能同自己签订，由上级组织签订",
        "刘主任": "方案的签订关系没有列入这一类干部，由上级组织签订",
    }
    assert issued.missing == []


def test_drawing_up_again_draws_up_nothing_and_a_newcomer_gets_the_next_number(desk):
    desk.issue()
    assert desk.issue().letters == []
    desk.cadre_of(desk.cast.wang, "community", "committee")
    assert [(letter.signer_name, letter.number_text) for letter in desk.issue().letters] == [("王小明", "〔2026〕6号")]
    assert AuditEvent.objects.filter(action="commitments.letters.issued").count() == 2


def test_the_database_itself_keeps_to_one_letter_for_each_cadre(desk):
    desk.issue()
    twin = desk.letter("韦委员")
    twin.pk, twin.number = None, 99
    with pytest.raises(IntegrityError, match="commitments_letter_one_each"), transaction.atomic():
        twin.save(force_insert=True)


def test_a_letter_remembers_list_load_unit_and_clause_of_its_day(desk):
    place, cadre = desk.cast.places["一社区"], desk.cadres["李㛃"]
    entity = Entity.objects.create(
        jurisdiction=place, place=place.path, name="点心铺", business_type="retail", grade="D"
    )
    ResponsibilityList.objects.create(
        jurisdiction=desk.place,
        place=desk.place.path,
        number=3,
        approved_on=DAY,
        approved_by=desk.cast.li,
        stored="x",
        sha256="0" * 64,
    )
    Assignment.objects.create(
        entity=entity,
        place=entity.place,
        cadre=cadre,
        cadre_place=cadre.place,
        tier="community",
        valid=DateRange(SINCE, None),
    )
    desk.issue()
    cadre.post.title = "主任"
    cadre.post.save()
    letter = desk.letter("李㛃")
    assert (letter.list_version, letter.entity_count, letter.signer_unit) == (3, 1, "一社区")
    assert (letter.signer_title, letter.plan_source) == ("书记", "闵古办〔2022〕40号 三（四）4")


@pytest.mark.req("GM-33")
def test_the_district_reviews_the_streets_letters_and_the_street_the_communities(desk):
    desk.issue()
    found = {
        letter.signer_name: (letter.reviewer_body, letter.reviewer_place) for letter in CommitmentLetter.objects.all()
    }
    district, street = ("区食药安办", desk.cast.places["东城区"].path), ("街道食药安办", desk.place.path)
    assert found == {"韦委员": district, "严副": district, "徐调研": district, "李㛃": street, "𬭊文军": street}
    qian, li = desk.cast.qian, desk.cast.li
    assert (bool(may_review(qian, desk.letter("严副"))), bool(may_review(li, desk.letter("李㛃")))) == (True, True)
    own = may_review(li, desk.letter("严副"))
    assert own.reason == (
        "严副的承诺书由区食药安办审核（闵古办〔2022〕40号 三（四）2），您的岗位可以查看，不能代为审核。"
    )
    assert not may_review(qian, desk.letter("李㛃"))
    assert not may_review(desk.cast.wang, desk.letter("李㛃"))
    assert letters_for(qian).count() == 5


def test_an_empty_chair_leaves_the_letter_out_until_somebody_sits_there(desk):
    desk.cadres["李㛃"].post.valid = DateRange(SINCE, DAY)
    desk.cadres["李㛃"].post.save()
    issued = desk.issue()
    assert [cadre.post.person_name for cadre, _reason in issued.missing] == ["𬭊文军"]
    assert [case.cadre.post.person_name for case in without_letter(desk.place, DAY)] == ["林书记", "刘主任", "𬭊文军"]


@pytest.mark.req("GM-27", "GM-31")
def test_a_delegate_is_named_with_his_paper_and_refused_where_the_plan_has_none(desk):
    desk.issue()
    letter = desk.letter("韦委员")
    actions.build_letter(letter)
    facts = {"name": "严副", "title": "办事处副主任", "basis": "会纪〔2026〕3号", "by": desk.cast.li, "on": DAY}
    changed = actions.name_delegate(letter, **facts)
    assert (changed.delegate_name, changed.state, changed.stored) == ("严副", "draft", "")
    assert refusal(actions.name_delegate, desk.letter("𬭊文军"), **facts).code == "delegate-not-allowed"
    assert refusal(actions.name_delegate, letter, **{**facts, "basis": " "}).code == "delegate-empty"
    desk.uploaded("韦委员")
    assert refusal(actions.name_delegate, letter, **facts).code == "letter-state"


@pytest.mark.req("GM-34")
def test_a_scan_is_kept_whole_with_its_pages_and_its_receipt(desk):
    desk.issue()
    letter = desk.letter("李㛃")
    data = picture(token_of(letter))
    scan = actions.upload_scan(letter, data, "../扫描\u202e件.jpg", by=desk.cast.li, at=AT)
    assert (scan.sha256, scan.filename, len(scan.pages)) == (hashlib.sha256(data).hexdigest(), "扫描件.jpg", 1)
    assert letter_number_in(scan.codes) == letter.pk
    with default_storage.open(scan.stored) as file:
        assert file.read() == data
    assert desk.letter("李㛃").state == "uploaded"
    again = actions.upload_scan(letter, data, "again.jpg", by=desk.cast.li, at=AT)
    assert (again.pk, LetterScan.objects.count(), trail(letter)) == (scan.pk, 1, ["scan-uploaded"])


def test_a_scan_of_another_letter_or_no_picture_changes_nothing(desk):
    desk.issue()
    letter, other = desk.letter("李㛃"), desk.letter("严副")
    wrong = refusal(actions.upload_scan, letter, picture(token_of(other)), "x.jpg", by=desk.cast.li, at=AT)
    assert wrong.reason == "扫描件右上角的二维码是另一份承诺书的，不是李㛃 〔2026〕4号。请核对后在对应的承诺书下上传。"
    with pytest.raises(UnreadablePicture, match="HEIC"):
        actions.upload_scan(letter, b"\0\0\0\x18ftypheic\0\0\0\0", "x.jpg", by=desk.cast.li, at=AT)
    assert (desk.letter("李㛃").state, LetterScan.objects.count()) == ("draft", 0)
    assert letter_number_in([f"baobao:letter:{letter.pk}:000000000000", "http://x"]) is None


@pytest.mark.req("GM-32")
def test_returned_with_a_reason_uploaded_again_passed_and_filed(desk):
    desk.issue()
    letter = desk.uploaded("李㛃")
    li = desk.cast.li
    actions.review(letter, "returned", " 签字日期漏填 ", by=li, at=AT)
    assert (desk.letter("李㛃").state, desk.letter("李㛃").returned_reason) == ("returned", "签字日期漏填")
    letter = desk.uploaded("李㛃")
    assert (letter.state, letter.returned_reason) == ("uploaded", "")
    first, second = LetterScan.objects.order_by("pk")
    assert (first.stored, first.pages) == (second.stored, second.pages)
    actions.review(letter, "passed", by=li, at=later(minutes=1))
    filed = actions.file_letter(letter, archive_number="古食安-2026-004", by=li, on=DAY)
    assert (filed.state, filed.archive_number, filed.filed_on) == ("filed", "古食安-2026-004", DAY)
    assert trail(letter) == ["scan-uploaded", "returned", "scan-uploaded", "passed", "filed"]


def test_what_the_state_does_not_allow_is_refused_and_leaves_no_trace(desk):
    desk.issue()
    letter, li = desk.letter("李㛃"), desk.cast.li
    assert refusal(actions.review, letter, "passed", by=li, at=AT).code == "letter-state"
    assert refusal(actions.file_letter, letter, archive_number="1", by=li, on=DAY).code == "letter-state"
    desk.uploaded("李㛃")
    assert refusal(actions.review, letter, "returned", "　", by=li, at=AT).code == "reason-empty"
    actions.review(letter, "passed", by=li, at=AT)
    assert refusal(actions.review, letter, "passed", by=li, at=AT).code == "letter-state"
    assert refusal(actions.file_letter, letter, archive_number=" ", by=li, on=DAY).code == "archive-empty"
    assert (LetterReview.objects.count(), trail(letter)) == (1, ["scan-uploaded", "passed"])


def test_a_decision_can_be_taken_back_by_its_author_within_seconds(desk):
    desk.issue()
    letter, li = desk.uploaded("李㛃"), desk.cast.li
    actions.review(letter, "passed", by=li, at=AT)
    assert refusal(actions.undo_review, letter, by=desk.cast.qian, at=AT).code == "undo-nothing"
    assert refusal(actions.undo_review, letter, by=li, at=AT + timedelta(minutes=1)).code == "undo-late"
    assert actions.undo_review(letter, by=li, at=later(seconds=9)).state == "uploaded"
    assert LetterReview.objects.get().undone_at == later(seconds=9)
    assert refusal(actions.undo_review, letter, by=li, at=AT).code == "undo-nothing"


def test_only_the_reviewing_office_files_and_the_cadre_may_upload_his_own(desk):
    desk.cadre_of(desk.cast.wang, "community", "committee")
    desk.issue()
    mine, theirs = desk.letter("王小明"), desk.letter("李㛃")
    assert [bool(may_upload(desk.cast.wang, letter)) for letter in (mine, theirs)] == [True, False]
    assert [bool(may_file(desk.cast.li, letter)) for letter in (theirs, desk.letter("严副"))] == [True, False]
    alone = desk.letter("严副")
    alone.reviewer = None
    assert may_file(desk.cast.li, alone)


def test_where_the_upper_office_is_outside_its_paper_receipt_is_filed_at_once(desk):
    desk.issue()
    CommitmentLetter.objects.update(reviewer=None)
    letter = desk.uploaded("严副")
    assert actions.file_letter(letter, archive_number="市-9", by=desk.cast.li, on=DAY).state == "filed"


def test_the_task_draws_every_waiting_letter_once_and_the_bytes_stay(office):
    tenant = office.cast.places["东城区"]
    assert build_letters(tenant.pk) == 6
    assert build_letters(tenant.pk) == 0
    with acting_in(tenant.path):
        letter = office.letter("李㛃")
        first = actions.build_letter(letter)
        assert (letter.state, hashlib.sha256(first).hexdigest()) == ("issued", letter.sha256)
        assert actions.build_letter(letter) == first
        assert trail(letter) == ["built"]
