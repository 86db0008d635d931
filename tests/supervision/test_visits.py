"""Entering a visit: exactly once, complete by the plan, one fulfilling visit for an obligation."""

import json
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from supervision.actions.photos import add_photo
from supervision.models import Issue, Obligation, Visit
from supervision.rules.visits import Unfit
from tenancy.models import AuditEvent
from tenancy.rules.refusals import Forbidden, Refused
from tests.supervision.desk import INK, NOW, TODAY, picture, sha

REMOTE = {"mode": "phone", "entity_signature": None, "photos": []}


def faults(desk, shop, **changes) -> dict[str, str]:
    with pytest.raises(Unfit) as caught:
        desk.submit(shop, **changes)
    return caught.value.fields


def test_a_visit_is_kept_with_its_answers_on_the_day_it_was_made(desk, shop):
    done = desk.submit(shop)
    visit = Visit.objects.get()
    assert (done.created, done.fulfils, done.missing) == (True, True, [sha(picture())])
    assert (visit.cadre_name, visit.mode_name, visit.state, visit.number) == (
        "王小明",
        "现场督导",
        "waiting_photos",
        f"202611-{visit.pk:06d}",
    )
    assert visit.answers.count() == 19
    assert Obligation.objects.get().fulfilled_by == visit
    assert (visit.counted_in, visit.counted_grade) == (desk.cast.places["一社区"].id_path, "C")
    assert AuditEvent.objects.filter(action="supervision.visit.submitted", by_post=desk.cast.wang.pk).count() == 1


def test_the_same_key_and_body_makes_one_visit(desk, shop):
    key = uuid4()
    first, again = desk.submit(shop, key=key), desk.submit(shop, key=key)
    assert (again.created, again.visit.pk, again.fulfils) == (False, first.visit.pk, True)
    assert Visit.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(desk, shop):
    key = uuid4()
    desk.submit(shop, key=key)
    with pytest.raises(Refused) as caught:
        desk.submit(shop, key=key, conclusion="改了一句")
    assert caught.value.code == "visit-key-reused"
    assert Visit.objects.get().conclusion == ""


def test_a_second_visit_of_the_quarter_is_kept_beside_the_first(desk, shop):
    first = desk.submit(shop).visit
    second = desk.submit(shop, visited_on="2026-11-21")
    assert (second.created, second.fulfils) == (True, False)
    assert second.note == "本季任务已由王小明于2026-11-22完成，这次作为增加的督导一并保存。"
    obligation = Obligation.objects.get()
    assert (obligation.fulfilled_by, obligation.visits.count()) == (first, 2)


def test_a_shop_signs_where_the_plan_wants_it_for_a_problem(desk):
    mode = {"code": "onsite", "name": "到店", "counts_as_onsite": True, "evidence": {"entity_signature": "on_issue"}}
    desk.under(visit_modes=[mode])
    shop = desk.entity("莲花面馆")
    desk.open()
    asked = "请在场的主体人员签字；拒签的请选“拒绝签字”并写明原因"
    found = {"answers": desk.answers(storage="温度不达标"), "entity_signature": None}
    assert faults(desk, shop, **found) == {"entity_signature": asked}
    assert desk.submit(shop, entity_signature=None).visit.entity_signature is None


@pytest.mark.req("GM-20")
def test_a_school_canteen_is_not_visited_by_telephone_and_the_clause_is_said(desk):
    canteen = desk.entity("某中学食堂", business_type="school_canteen")
    desk.open()
    sentence = faults(desk, canteen, **REMOTE)["mode"]
    assert sentence == ("“学校、幼儿园食堂等餐饮单位”必须开展现场督导（闵古办〔2022〕40号 三（二）），请改用现场督导")
    assert faults(desk, canteen, mode="group")["mode"] == sentence
    assert desk.submit(canteen).fulfils


@pytest.mark.req("GM-20")
def test_a_dairy_producer_by_its_licence_is_visited_on_site(desk):
    dairy = desk.entity("某乳品厂", business_type="production")
    dairy.licences.create(place=dairy.place, number="SC10531011200001")
    desk.open()
    assert "高风险的食品生产经营者" in faults(desk, dairy, **REMOTE)["mode"]


@pytest.mark.req("GM-21")
@pytest.mark.parametrize("mode", ["report", "phone", "video"])
def test_a_low_risk_shop_may_be_visited_remotely_with_the_cadres_signature_alone(desk, shop, mode):
    assert desk.submit(shop, **REMOTE | {"mode": mode}).visit.entity_signature is None
    assert faults(desk, shop, **REMOTE | {"entity_signature": {"strokes": INK, "name": "甲", "position": "店长"}}) == {
        "entity_signature": "“电话询问”不在现场，不需要主体签字，请去掉"
    }


@pytest.mark.req("GM-19")
@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (None, "请在场的主体人员签字；拒签的请选“拒绝签字”并写明原因"),
        (
            {"strokes": [], "name": "甲", "position": "店长"},
            "主体签字是空的，请重新签字；拒签的请选“拒绝签字”并写明原因",
        ),
        ({"strokes": INK, "name": "", "position": "店长"}, "请填写签字人的姓名和职务"),
        ({"refused": True, "reason": " "}, "请写明主体拒绝签字的原因"),
    ],
)
def test_whoever_is_present_signs_with_name_and_position_or_refuses_with_a_reason(desk, shop, given, sentence):
    assert faults(desk, shop, entity_signature=given) == {"entity_signature": sentence}


def test_a_refused_signature_with_its_reason_is_enough(desk, shop):
    given = {"refused": True, "reason": "负责人不在场"}
    assert desk.submit(shop, entity_signature=given).visit.entity_signature == given


def test_the_cadre_signs_in_every_mode(desk, shop):
    assert faults(desk, shop, cadre_signature=[[[1, 1]]]) == {"cadre_signature": "请包保干部本人签字"}
    assert faults(desk, shop, **REMOTE, cadre_signature=[]) == {"cadre_signature": "请包保干部本人签字"}


def test_this_plan_wants_a_picture_of_every_visit_in_person(desk, shop):
    assert faults(desk, shop, photos=[]) == {"photos": "“现场督导”需要至少一张照片"}


@pytest.mark.req("GM-16")
def test_every_item_is_answered_and_a_problem_described_and_routed(desk, shop):
    answers = desk.answers()
    assert faults(desk, shop, answers=answers[2:])["answers"] == "还有 2 项没有选择结果：第 1、2 项"
    answers[0] = {"item": answers[0]["item"], "answer": "no"}
    assert list(faults(desk, shop, answers=answers).values()) == ["第 1 项有问题，请写明问题情况"]
    answers[0]["note"] = "许可证过期"
    assert list(faults(desk, shop, answers=answers).values()) == ["第 1 项有问题，请选择现场处置或移交"]


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (TODAY + timedelta(days=1), "督导日期 2026-11-23 在今天（2026-11-22）之后，请改为实际督导的日期"),
        (date(2026, 6, 30), "督导日期 2026-06-30 早于可补录的最早日期 2026-07-01，请联系街道经办"),
    ],
)
def test_a_day_to_come_or_too_far_back_is_refused(desk, shop, day, sentence):
    assert faults(desk, shop, visited_on=day.isoformat()) == {"visited_on": sentence}


def test_all_faults_are_told_at_once(desk, shop):
    found = faults(desk, shop, cadre_signature=[], entity_signature=None, photos=[], mode="swim")
    assert set(found) == {"mode", "cadre_signature"}
    found = faults(desk, shop, cadre_signature=[], entity_signature=None, photos=[], answers=[])
    assert set(found) == {"cadre_signature", "entity_signature", "photos", "answers"}
    assert Visit.objects.count() == 0


def test_a_closed_shop_needs_no_list_and_no_picture(desk, shop):
    done = desk.submit(shop, outcome="shop_closed", answers=[], photos=[], entity_signature=None, task_list="")
    assert (done.visit.task_list, done.visit.state, done.fulfils) == (None, "complete", True)


def test_a_visit_to_an_entity_out_of_operation_says_what_to_do(desk, shop):
    shop.status = "cancelled"
    shop.save()
    assert faults(desk, shop)["outcome"].startswith("台账里这家主体在督导当天是“注销”")


def test_a_list_nobody_handed_out_is_refused(desk, shop):
    assert faults(desk, shop, task_list="0" * 64)["task_list"].startswith("任务清单已更新")


def test_another_shops_obligation_is_refused(desk, shop):
    other = desk.entity("另一家店")
    desk.open()
    foreign = Obligation.objects.get(entity=other).pk
    assert faults(desk, shop, obligation=foreign) == {
        "obligation": "这项督导任务不属于这家主体，请从待督导列表重新打开。"
    }


def test_only_the_cadre_of_the_day_or_the_office_enters(desk, shop):
    for name in ("zhou", "leng"):
        with pytest.raises(Forbidden, match="不由您包保"):
            desk.submit(shop, by=desk.cast.posts[name])
    typed = desk.submit(shop, by=desk.cast.li).visit
    assert (typed.cadre_name, typed.entered_by_name, typed.entered_for_another) == ("王小明", "李㛃", True)
    assert AuditEvent.objects.get(action="supervision.visit.submitted").on_behalf_of == "王小明"


def test_a_late_phone_still_lands_in_its_day_after_the_shop_went_to_somebody_else(desk, shop):
    shop.assignments.update(valid=DateRange(date(2026, 1, 1), date(2026, 11, 20)))
    desk.assign(shop, "chen", since=date(2026, 11, 20))
    late = desk.submit(shop, visited_on="2026-11-19")
    assert (late.visit.cadre_name, late.fulfils) == ("王小明", True)


def test_pictures_come_one_by_one_and_the_last_completes_the_visit(desk, shop):
    red, blue = picture("red"), picture("blue")
    visit = desk.submit(shop, photos=[sha(red), sha(blue)]).visit
    add_photo(visit, red, sha=sha(red), by=desk.cast.wang, at=NOW)
    add_photo(visit, red, sha=sha(red), by=desk.cast.wang, at=NOW)
    assert (visit.state, visit.missing_photos()) == ("waiting_photos", [sha(blue)])
    add_photo(visit, blue, sha=sha(blue), by=desk.cast.wang, at=NOW)
    assert (Visit.objects.get().state, visit.missing_photos()) == ("complete", [])
    assert list(visit.photos.order_by("pk").values_list("width", "latitude")) == [(64, None), (64, None)]


def test_a_picture_that_is_damaged_foreign_or_none_is_refused(desk, shop):
    text = b"no picture at all"
    visit = desk.submit(shop, photos=[sha(text)]).visit
    with pytest.raises(Unfit, match="校验值不符"):
        add_photo(visit, picture(), sha=sha(text), by=desk.cast.wang, at=NOW)
    with pytest.raises(Refused, match="没有登记这张照片"):
        add_photo(visit, picture(), sha=sha(picture()), by=desk.cast.wang, at=NOW)
    with pytest.raises(Unfit, match="文件内容是其他格式的文件"):
        add_photo(visit, text, sha=sha(text), by=desk.cast.wang, at=NOW)
    with pytest.raises(Forbidden, match="只能由登记这份记录的人补传"):
        add_photo(visit, text, sha=sha(text), by=desk.cast.zhou, at=NOW)
    assert visit.missing_photos() == [sha(text)]


@pytest.mark.req("GM-23")
def test_a_problem_becomes_an_issue_on_its_route_with_its_clock(desk, shop):
    answers = desk.answers(storage="冷藏柜温度不达标", cleaning="消毒柜停用")
    next(row for row in answers if row["item"] == "cleaning")["disposal"] = "on_spot"
    desk.submit(shop, answers=answers)
    assert list(Issue.objects.order_by("item").values_list("item", "state", "holder_kind", "due_on")) == [
        ("cleaning", "fixed_on_spot", "nobody", None),
        ("storage", "handed_over", "station", date(2026, 11, 23)),
    ]


def test_the_same_problem_found_again_points_at_the_earlier_one(desk, shop):
    first = desk.issue(shop)
    again = desk.issue(shop, "冷藏柜温度仍不达标")
    assert again.repeats == first
    assert json.dumps(again.item) == '"storage"'
