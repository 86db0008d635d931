"""People who help cadres come in by a list: their role follows from it, and no list gives a role two people grant."""

from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cadres.actions.post_imports import POSTS
from tenancy.actions.imports import commit_batch, confirm_batch, receive_workbook, stage_workbook, undo_batch
from tenancy.models import ImportRow, Post
from tenancy.policies import may
from tenancy.rules.roles import GRANTED_ROLES, ROLES, Right, Role
from tests.entities.ledgers import csv_of, messages_of, problems_of

ON, AT = date(2026, 10, 8), datetime(2026, 10, 8, 9, tzinfo=UTC)
TITLES = ("姓名", "角色", "单位", "职务", "手机")
LIAISON = ("联一", "联络员", "甲街道", "科员", "19900003001")
GRID = ("网一", "网格员", "一社区", "", "19900003002")


def staged(street, *rows):
    data = csv_of(rows, TITLES)
    batch = receive_workbook(street.place, kind="posts", filename="岗位.csv", data=data, by=street.cast.li)
    return stage_workbook(batch, POSTS, on=ON)


def written(street, *rows):
    batch = confirm_batch(staged(street, *rows), by=street.cast.li, clean_only=True)
    return commit_batch(batch, POSTS, on=ON, at=AT)


def test_a_row_becomes_a_post_with_the_rights_of_its_role_and_no_others(street) -> None:
    batch = written(street, LIAISON, GRID)
    made = {post.person_name: post for post in Post.objects.filter(person_name__in=["联一", "网一"])}
    assert (batch.counts["written"], problems_of(batch)) == (2, [])
    assert {name: (post.role, post.unit, post.title) for name, post in made.items()} == {
        "联一": ("liaison", "甲街道", "科员"), "网一": ("grid_worker", "一社区", ""),
    }  # fmt: skip
    assert made["联一"].phone.reveal() == "19900003001"
    assert not hasattr(made["联一"], "cadre")
    rights = {name: {right for right in Right if may(post, right, post.place, on=ON)} for name, post in made.items()}
    assert rights == {"联一": set(ROLES[Role.LIAISON].rights), "网一": set(ROLES[Role.GRID_WORKER].rights)}
    assert "19900003001" not in str(list(ImportRow.objects.values_list("cells", flat=True)))


@pytest.mark.parametrize("role", sorted(GRANTED_ROLES))
def test_no_list_gives_a_role_that_two_administrators_give(street, role) -> None:
    batch = staged(street, ("某人", ROLES[role].name, "甲街道", "", ""))
    assert problems_of(batch) == [(2, "role", "error", "role-not-listed")]
    assert messages_of(batch) == [
        f"“{ROLES[role].name}”要由系统管理员申请、安全管理员确认，不随名单产生；请在“账号和岗位”里办理"
    ]


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (("", "联络员", "甲街道", "", ""), ("name", "error", "name-missing")),
        (("某人", "包保干部", "一社区", "", ""), ("role", "error", "role-not-listed")),
        (("某人", "食品经营者", "一社区", "", ""), ("role", "error", "role-not-listed")),
        (("某人", "", "一社区", "", ""), ("role", "error", "role-not-listed")),
        (("某人", "联络员", "三社区", "", ""), ("unit", "error", "area-unknown")),
        (("某人", "联络员", "一社区", "", "12ab"), ("phone", "error", "phone-characters")),
    ],
)
def test_each_fault_is_told_in_its_column(street, row, found) -> None:
    assert [each[1:] for each in problems_of(staged(street, row))] == [found]


def test_namesakes_are_told_apart_by_telephone_and_the_same_person_is_found_again(street) -> None:
    other = (*GRID[:4], "19900003009")
    batch = written(street, GRID, other)
    assert problems_of(batch) == [(3, "name", "warning", "namesake")]
    again = staged(street, other, LIAISON)
    assert (again.counts["same"], again.counts["new"]) == (1, 1)
    assert messages_of(staged(street, (*GRID[:4], ""))) == ["已有2个同名同单位的人；请填写联系电话，才能分清是哪一个"]
    assert problems_of(staged(street, GRID, GRID, LIAISON)) == [(3, "name", "error", "duplicate-in-file")]


def test_a_list_taken_back_leaves_whoever_has_come_in_and_restores_telephones(street) -> None:
    written(street, (*LIAISON[:4], ""))
    batch = written(street, LIAISON, GRID, ("网二", *GRID[1:4], "19900003005"))
    bound = Post.objects.get(person_name="网二")
    bound.user = street.cast.wang.user
    bound.jurisdiction, bound.place = street.cast.places["二社区"], street.cast.places["二社区"].path
    bound.save()
    assert undo_batch(batch, POSTS, by=street.cast.li, at=AT) == [str(bound)]
    assert set(Post.objects.filter(person_name__in=["联一", "网一", "网二"]).values_list("person_name", "phone_last4")) == {
        ("联一", ""), ("网二", "3005"),
    }  # fmt: skip


def test_page_and_endpoint_take_the_list(served) -> None:
    client = served.cast.client("li")
    assert "导入联络员、协管员、网格员" in client.get("/cadres/posts/import/").content.decode()
    assert client.get("/cadres/posts/import/template.xlsx").status_code == 200
    assert served.cast.client("wang").get("/cadres/posts/import/").status_code == 403

    file = SimpleUploadedFile("岗位.csv", csv_of([GRID], TITLES), "text/csv")
    answer = client.post("/api/cadres/imports/", {"kind": "posts", "file": file})
    assert (answer.status_code, answer.json()["kind"]) == (201, "posts")
