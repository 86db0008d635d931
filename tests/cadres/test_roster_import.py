"""The roster from upload to posts: findings, roles, twice the same file, and taking it back."""

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cadres.actions.roster import ROSTER
from cadres.models import Cadre
from tenancy.actions.imports import commit_batch, confirm_batch, receive_workbook, stage_workbook, undo_batch
from tenancy.actions.mending import amend_cells
from tenancy.actions.tree import found_place
from tenancy.models import ImportRow, Post
from tenancy.workbooks import Column, write_form
from tests.cadres.conftest import DAY
from tests.cast import COMMUNITIES

ROSTER_FILE = Path(__file__).parent.parent / "fixtures" / "cadres-gumei.xlsx"
AT = datetime(2026, 10, 8, 9, tzinfo=UTC)
ON = date(2026, 10, 8)
TITLES = ("姓名", "层级", "单位", "职务", "类别", "分管领域或联系区域", "联系电话")
GOOD = ("洪七", "居民区", "一社区", "委员", "居民区两委委员", "一社区", "19900004321")


def workbook(*rows):
    return write_form("名册", "甲街道", ON, [Column(title) for title in TITLES], rows)


def staged(street, data):
    batch = receive_workbook(street.place, kind="roster", filename="名册.xlsx", data=data, by=street.cast.li)
    return stage_workbook(batch, ROSTER, on=ON)


def committed(street, data):
    batch = confirm_batch(staged(street, data), by=street.cast.li, clean_only=True)
    return commit_batch(batch, ROSTER, on=ON, at=AT)


@pytest.fixture
def sample(street):
    """甲街道 under the name and with the communities of the sample roster."""
    street.place.name = "古美路街道"
    street.place.save()
    for number, name in enumerate(COMMUNITIES, start=101):
        found_place(street.place, name=f"{name}居民区", level="community", segment=str(number))
    return street


def findings(street, *rows):
    batch = staged(street, workbook(*rows))
    assert batch.error == ""
    rows = ImportRow.objects.filter(batch=batch).order_by("number")
    return [[(p["column"], p["level"], p["code"]) for p in row.problems] for row in rows]


def with_cell(key, value):
    row = list(GOOD)
    row[("name", "tier", "unit", "title", "category", "sectors", "phone").index(key)] = value
    return row


@pytest.mark.parametrize(
    ("key", "value", "found"),
    [
        ("name", "", ("name", "error", "name-missing")),
        ("tier", "省级", ("tier", "error", "tier-unknown")),
        ("unit", "三社区", ("unit", "error", "area-unknown")),
        ("unit", "甲街道", ("tier", "error", "tier-not-of-unit")),
        ("category", "党工委班子成员", ("category", "error", "category-unknown")),
        ("phone", "199000", ("phone", "warning", "phone-length")),
    ],
)
def test_each_fault_is_found_in_its_own_column(street, key, value, found):
    good = (*GOOD[:-1], "") if key == "name" else with_cell("name", "洪八")
    assert findings(street, good, with_cell(key, value)) == [[], [found]]


def test_every_fault_of_a_row_is_told_at_once(street):
    bad = ("", "省级", "某社区", "委员", "", "", "12")
    assert [code for _c, _l, code in findings(street, bad, GOOD)[0]] == [
        "name-missing", "tier-unknown", "area-unknown", "phone-length",
    ]  # fmt: skip


def test_a_unit_of_another_street_is_unknown_here_and_reveals_nothing(street):
    staged(street, workbook(with_cell("unit", "三社区")))
    message = ImportRow.objects.get().problems[0]["message"]
    assert message == "“三社区”不是本辖区的单位。是否为“二社区”？请改为区划中的名称。"


def test_the_same_person_twice_is_an_error_unless_the_telephone_tells_them_apart(street):
    namesake = with_cell("phone", "19900008765")
    assert findings(street, GOOD, GOOD, namesake) == [
        [],
        [("name", "error", "duplicate-in-file")],
        [("name", "warning", "namesake")],
    ]


def test_words_of_the_plan_are_known_by_their_other_names(street):
    assert findings(street, ("洪七", "居委", "一社区", "主任", "居民区主任", "", "")) == [[]]


@pytest.mark.req("GM-04")
def test_the_sample_becomes_134_posts_of_two_tiers(sample):
    batch = committed(sample, ROSTER_FILE.read_bytes())
    assert batch.counts == {
        "read": 134, "new": 134, "changed": 0, "same": 0, "skipped": 0, "refused": 0, "warned": 0, "written": 134,
    }  # fmt: skip
    assert Counter(Cadre.objects.values_list("tier", "category")) == {
        ("street", "party_member"): 6, ("street", "principal"): 1, ("street", "ranked"): 3, ("street", "deputy"): 4,
        ("community", "secretary"): 30, ("community", "committee"): 90,
    }  # fmt: skip
    roles = Counter(Cadre.objects.values_list("post__role", flat=True))
    assert roles == {"cadre": 104, "community_secretary": 30}
    assert not Post.objects.filter(cadre__isnull=False, group=None).exists()


def test_the_same_rows_again_change_nothing(sample):
    committed(sample, ROSTER_FILE.read_bytes())
    posts = Post.objects.count()
    again = receive_workbook(
        sample.place, kind="roster", filename="x.xlsx", data=ROSTER_FILE.read_bytes(), by=sample.cast.li
    )
    assert again.state == "committed"
    again.state, again.committed_at = "staged", None
    again.save()
    assert stage_workbook(again, ROSTER, on=ON).counts["same"] == 134
    assert Post.objects.count() == posts


def test_a_changed_telephone_or_category_changes_the_cadre_in_post(street):
    committed(street, workbook(GOOD))
    batch = committed(street, workbook(with_cell("phone", "19900008765"), (*GOOD[:4], "居民区书记", "", "")))
    assert batch.counts["refused"] == 1
    cadre = Cadre.objects.get(post__person_name="洪七")
    assert cadre.post.phone.reveal() == "19900008765"
    later = committed(street, workbook((*GOOD[:4], "居民区书记", "", "")))
    cadre.refresh_from_db()
    assert (later.counts["changed"], cadre.category, cadre.sectors) == (1, "secretary", ["一社区"])


def test_a_post_that_was_there_before_gets_its_cadre_and_is_not_doubled(street):
    committed(street, workbook(("王小明", "居民区", "一社区", "两委委员", "居民区两委委员", "", "")))
    assert Cadre.objects.get().post == street.cast.wang
    assert Post.objects.filter(person_name="王小明").count() == 1


def test_undo_takes_back_what_nobody_used_and_names_the_rest(street):
    batch = committed(street, workbook(GOOD, with_cell("name", "洪八")))
    for _each in range(2):
        street.entity("D")
    used = Cadre.objects.get(post__person_name="洪七")
    street.entity("D")
    street.approved()
    kept = undo_batch(batch, ROSTER, by=street.cast.li, at=AT)
    assert kept == ["洪八", "洪七"]
    assert Cadre.objects.count() == 2
    assert street.holders(DAY)[street.made[0].pk] == used.pk


def test_undo_removes_new_posts_and_restores_changed_ones(street):
    committed(street, workbook(GOOD))
    batch = committed(street, workbook((*GOOD[:4], "居民区书记", "综治", "19900008765"), with_cell("name", "洪八")))
    assert undo_batch(batch, ROSTER, by=street.cast.li, at=AT) == []
    cadre = Cadre.objects.get()
    assert (cadre.post.person_name, cadre.category, cadre.sectors) == ("洪七", "committee", ["一社区"])
    assert cadre.post.phone.reveal() == "19900004321"
    assert not Post.objects.filter(person_name="洪八").exists()


def test_a_wrong_word_is_mended_in_every_row_at_once(street):
    batch = staged(street, workbook(with_cell("category", "两委"), (*with_cell("name", "洪八")[:4], "两委", "", "")))
    amend_cells(
        batch, ROSTER, column="category", old="两委", new="居民区两委委员", number=None, by=street.cast.li, on=ON
    )
    batch.refresh_from_db()
    assert (batch.counts["new"], batch.counts["refused"]) == (2, 0)


def test_telephones_are_sealed_in_the_staging_table(street):
    staged(street, workbook(GOOD))
    assert ImportRow.objects.filter(cells__contains=["19900004321"]).count() == 0
    assert "19900004321" not in str(ImportRow.objects.get().cells)
