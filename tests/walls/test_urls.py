"""Every address, asked by everybody: nobody, its own person, strangers, neighbours, administrators."""

import pytest

from tests.walls import census, checks, doors
from tests.walls.world import World


def test_every_address_has_a_request_of_its_own_and_every_open_one_a_sentence() -> None:
    assert checks.census_findings() == []


def test_every_kind_of_row_stands_in_all_three_streets(world: World) -> None:
    assert census.seeding_findings(world) == []


def test_raw_sql_in_a_street_reads_its_own_rows_and_no_others(world: World) -> None:
    assert census.reading_findings(world) == []


def test_no_row_can_be_made_to_point_at_a_foreign_parent(world: World) -> None:
    assert census.composite_findings() == []
    assert census.pointing_findings(world) == []


def test_no_plain_key_points_into_another_tenant(world: World) -> None:
    assert census.crossing_findings() == []


def test_whoever_is_not_signed_in_is_sent_to_the_login(world: World) -> None:
    assert checks.anonymous_findings(world) == []


def test_the_own_person_of_every_address_gets_through(world: World) -> None:
    assert checks.control_findings(world) == []


def test_a_method_without_a_request_is_refused_or_only_reads(world: World) -> None:
    assert checks.method_findings(world) == []


def test_a_foreign_id_answers_the_next_street_and_the_other_tenant_as_a_missing_one(world: World) -> None:
    assert checks.stranger_findings(world) == []


def test_one_foreign_id_among_own_ones_answers_as_a_missing_one(world: World) -> None:
    assert checks.mixed_findings(world) == []


def test_a_foreign_id_behind_the_question_mark_reads_as_a_missing_one(world: World) -> None:
    assert checks.query_findings(world) == []


def test_a_foreign_id_in_a_body_is_refused_as_a_missing_one_and_nothing_is_written(world: World) -> None:
    assert checks.body_findings(world) == []


def test_a_key_that_another_phone_chose_gives_nothing_of_its_visit_away(world: World) -> None:
    assert checks.key_findings(world) == []


def test_where_the_place_is_the_same_the_posts_own_filter_stands(world: World) -> None:
    assert checks.neighbour_findings(world) == []


def test_administrators_read_no_business_and_readers_write_nothing(world: World) -> None:
    assert checks.administrator_findings(world) == []


def test_a_door_opens_its_own_subject_of_its_own_place_and_nothing_when_closed(world: World) -> None:
    assert doors.door_findings(world) == []


def test_no_answer_holds_a_word_of_another_street(world: World) -> None:
    assert checks.canary_findings(world) == []


def test_lists_count_the_own_rows_and_no_others(world: World) -> None:
    assert checks.count_findings(world) == []


def test_workbooks_name_the_own_entities_and_no_others(world: World) -> None:
    assert checks.workbook_findings(world) == []


@pytest.mark.parametrize("part", ["cadre", "beside", "elsewhere", "secretary"])
def test_a_secretary_reads_his_community_and_a_cadre_his_own(world: World, part: str) -> None:
    forbidden = checks.foreign_names(world, world.own.people[part])
    assert len(forbidden) == {"cadre": 4, "beside": 4, "elsewhere": 4, "secretary": 1}[part]
