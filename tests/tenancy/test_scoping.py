"""The wall in the database: loud without a place, exact inside one, never wider than what is open."""

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from django.db.utils import InternalError

from tenancy.actions.tree import move_place
from tenancy.models import AuditEvent, Jurisdiction, Notice, Post
from tenancy.scoping import Widening, acting_as, acting_in, acting_places
from tests.cast import Cast

NO_PLACE = "no acting place"


def notice_for(post: Post, key: str = "k") -> Notice:
    with acting_in(post.place):
        return Notice.objects.create(post=post, place=post.place, key=key, kind="test", text="请看")


def test_a_read_without_a_place_raises_even_on_an_empty_table(db: None) -> None:
    for query in (Notice.objects.exists, Notice.objects.count, lambda: list(Notice.objects.exclude(pk=1))):
        with pytest.raises(DatabaseError, match=NO_PLACE), transaction.atomic():
            query()


def test_each_street_sees_exactly_its_own_rows(cast: Cast) -> None:
    mine, theirs, far = (notice_for(cast.posts[name]) for name in ("li", "zhao", "sun"))
    with acting_in(cast.places["甲街道"].path):
        assert list(Notice.objects.values_list("pk", flat=True)) == [mine.pk]
    with acting_in(cast.places["东城区"].path):
        assert set(Notice.objects.values_list("pk", flat=True)) == {mine.pk, theirs.pk}
    with acting_in(cast.places["西城区"].path):
        assert list(Notice.objects.values_list("pk", flat=True)) == [far.pk]


def test_raw_sql_meets_the_same_wall(cast: Cast) -> None:
    notice_for(cast.zhao)
    with acting_in(cast.places["甲街道"].path), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tenancy_notice")
        assert cursor.fetchone() == (0,)


def test_a_post_serving_two_streets_sees_their_union_and_nothing_beside_it(cast: Cast) -> None:
    mine, theirs, above = (notice_for(cast.posts[name]) for name in ("li", "zhao", "qian"))
    with acting_in(cast.places["甲街道"].path, cast.places["乙街道"].path):
        assert acting_places() == [cast.places["甲街道"].path, cast.places["乙街道"].path]
        assert set(Notice.objects.values_list("pk", flat=True)) == {mine.pk, theirs.pk}
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Notice.objects.create(post=cast.qian, place=cast.qian.place, key="x", kind="test", text="不行")
    with acting_in(cast.places["东城区"].path):
        assert Notice.objects.filter(pk=above.pk).exists()


def test_a_row_cannot_be_written_into_another_street(cast: Cast) -> None:
    with (
        acting_in(cast.places["甲街道"].path),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
    ):
        Notice.objects.create(post=cast.zhao, place=cast.zhao.place, key="x", kind="test", text="不行")


def test_a_row_cannot_point_at_a_parent_in_another_place(cast: Cast) -> None:
    with (
        acting_in(cast.places["甲街道"].path),
        pytest.raises(IntegrityError, match="tenancy_notice_place"),
        transaction.atomic(),
    ):
        Notice.objects.create(post=cast.zhao, place=cast.li.place, key="x", kind="test", text="不行")


def test_a_place_can_be_narrowed_but_never_widened(cast: Cast) -> None:
    street, community = cast.places["甲街道"].path, cast.places["一社区"].path
    with acting_in(street):
        with acting_in(community):
            assert acting_places() == [community]
        assert acting_places() == [street]
        with pytest.raises(Widening), acting_in(cast.places["东城区"].path):
            pass
        with pytest.raises(Widening), acting_in(cast.places["乙街道"].path):
            pass


def test_the_place_is_closed_after_the_block_and_after_an_exception(cast: Cast) -> None:
    with acting_in(cast.places["甲街道"].path):
        pass
    assert acting_places() == []
    with pytest.raises(ZeroDivisionError), acting_in(cast.places["甲街道"].path):
        1 / 0  # noqa: B018
    assert acting_places() == []


def test_a_person_finds_only_his_own_posts_before_a_place_is_known(cast: Cast) -> None:
    with acting_as(cast.li.user_id):
        assert [post.pk for post in Post.objects.all()] == [cast.li.pk]
    with acting_as(10**9):
        assert list(Post.objects.all()) == []
    assert list(Post.objects.all()) == []


def test_the_runtime_role_cannot_say_the_owners_exception(cast: Cast) -> None:
    with (
        pytest.raises((InternalError, ProgrammingError, DatabaseError), match=NO_PLACE),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT set_config('baobao.place', '*', true)")
        cursor.execute("SELECT count(*) FROM tenancy_notice")


def test_names_of_places_are_readable_by_all_but_written_only_from_within(cast: Cast) -> None:
    assert Jurisdiction.objects.count() == 9
    with acting_in(cast.places["甲街道"].path):
        assert Jurisdiction.objects.filter(pk=cast.places["乙街道"].pk).update(name="改名") == 0
        assert Jurisdiction.objects.filter(pk=cast.places["一社区"].pk).update(name="改名") == 1


def test_moving_a_community_takes_its_rows_along(cast: Cast) -> None:
    notice = notice_for(cast.wang)
    with acting_in(cast.places["东城区"].path):
        move_place(cast.places["一社区"], cast.places["乙街道"], by=cast.qian)
    with acting_in(cast.places["乙街道"].path):
        moved = Notice.objects.get(pk=notice.pk)
        assert moved.place == f"{cast.places['乙街道'].path}002/"
    with acting_in(cast.places["甲街道"].path):
        assert not Notice.objects.filter(pk=notice.pk).exists()


def test_the_trail_can_only_grow(cast: Cast) -> None:
    district = cast.places["东城区"].path
    appointed = [post for post in cast.posts.values() if post.place.startswith(district)]
    with acting_in(district):
        assert AuditEvent.objects.filter(action="tenancy.post.appointed").count() == len(appointed)
        for change in (AuditEvent.objects.all().delete, lambda: AuditEvent.objects.update(action="x")):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                change()
