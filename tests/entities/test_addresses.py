"""The address book: learnt from the register, proposing the community of rows that do not say it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entities.actions.ledger import LEDGER
from entities.models import Entity
from entities.rules.addresses import AddressBook, Proposal, Spot, spot_of
from tenancy.actions.mending import take_proposals
from tenancy.models import ImportBatch, ImportRow
from tenancy.scoping import acting_in
from tests.cast import Cast
from tests.entities.ledgers import ON, csv_of, imported, shop, staged, written

HERE, THERE = 1, 2


@pytest.mark.parametrize(
    ("address", "spot"),
    [
        ("平阳路12号", Spot("平阳路", 12)),
        ("某市某区甲街道平阳路 １２ 号 3 室", Spot("平阳路", 12)),
        ("顾戴路702-706号底层", Spot("顾戴路", 702)),
        ("人民大道5号", Spot("人民大道", 5)),
        ("万源城弄9弄3号", Spot("万源城弄", 9)),
        ("东苑新村12幢", None),
        ("菜场门口", None),
        ("", None),
    ],
)
def test_road_and_number_are_read_however_they_are_written(address, spot):
    assert spot_of(address) == spot


def book_of(*known: tuple[str, int]) -> AddressBook:
    book = AddressBook()
    for address, area in known:
        book.learn(address, area)
    return book


def test_between_two_houses_of_one_community_lies_the_same_one_and_between_two_communities_nobody_knows():
    book = book_of(("平阳路2号", HERE), ("平阳路40号", HERE), ("平阳路60号", THERE), ("平阳路31号", THERE))
    assert book.propose("平阳路20号") == Proposal(HERE, Spot("平阳路", 20), (2, 40))
    assert book.propose("平阳路50号") is None
    assert book.propose("平阳路60号") == Proposal(THERE, Spot("平阳路", 60), (60,))
    assert book.propose("平阳路66号") == Proposal(THERE, Spot("平阳路", 66), (60,))
    assert book.propose("平阳路366号") is None
    # The other side of the road may belong to another community.
    assert book.propose("平阳路33号") == Proposal(THERE, Spot("平阳路", 33), (31,))
    assert book.propose("平阳西路20号") is None
    assert book.propose("平阳路20号", among=(THERE, 3)) is None
    assert book.propose("平阳路20号", among=(THERE, HERE)) == book.propose("平阳路20号")


HOUSES = st.lists(st.tuples(st.integers(1, 300), st.sampled_from([HERE, THERE, 3])), max_size=12)


@given(HOUSES, st.integers(1, 300))
def test_a_proposal_is_the_community_of_every_house_it_names_on_the_same_side(houses, number):
    book = book_of(*((f"平阳路{at}号", area) for at, area in houses))
    found = book.propose(f"平阳路{number}号")
    if found is None:
        return
    same_side = [(at, area) for at, area in houses if at % 2 == number % 2]
    assert {area for at, area in same_side if at in found.known} == {found.area}
    between = [at for at, _area in same_side if min(*found.known, number) < at < max(*found.known, number)]
    assert between == [] or number in found.known


@given(HOUSES)
def test_the_segments_hold_every_house_once(houses):
    book = book_of(*((f"平阳路{at}号", area) for at, area in houses))
    segments = list(book.segments())
    assert sum(segment.entities for segment in segments) == len(houses)
    assert all(segment.first <= segment.last for segment in segments)


LOST = [
    shop(11, address="平阳路5号", area=""),
    shop(12, address="平阳路4号", area=""),
    shop(13, address="平阳路3幢", area=""),
]


@pytest.fixture
def lost(cast: Cast) -> ImportBatch:
    """Three rows that do not say where they lie, staged beside three shops that do."""
    with acting_in(cast.li.place):
        known = [shop(n, address=f"平阳路{2 * n}号", area="一社区") for n in range(1, 4)]
        imported(cast, csv_of(known), "原有.csv")
        return staged(cast, csv_of(LOST), "新来.csv")


def test_rows_without_a_community_get_the_one_their_neighbours_have(lost: ImportBatch, cast: Cast):
    with acting_in(cast.li.place):
        told = {
            row.number: [(each["code"], each.get("proposed")) for each in row.problems]
            for row in ImportRow.objects.filter(batch=lost)
        }
        assert told == {2: [("area-unknown", None)], 3: [("area-unknown", "一社区")], 4: [("area-unknown", None)]}
        message = ImportRow.objects.get(batch=lost, number=3).problems[0]["message"]
        assert message.endswith("按地址簿，平阳路4号应在“一社区”（平阳路4号登记在那里）")
        assert take_proposals(lost, LEDGER, column="area", by=cast.li, on=ON) == 1
        lost.refresh_from_db()
        assert {name: lost.counts[name] for name in ("new", "refused")} == {"new": 1, "refused": 2}
        written(lost, cast)
        assert Entity.objects.get(name="12号店").jurisdiction == cast.places["一社区"]


def test_the_page_offers_what_is_proposed_and_takes_it_in_one_step(lost: ImportBatch, cast: Cast):
    client = cast.client("li")
    address = f"/entities/imports/{lost.pk}/"
    assert "采用这 1 行的建议" in client.get(address).content.decode()
    client.post(f"{address}amend/", {"column": "area", "proposed": "1"})
    assert "行的建议" not in client.get(address).content.decode()
    with acting_in(cast.li.place):
        assert [row.refused for row in ImportRow.objects.filter(batch=lost).order_by("number")] == [True, False, True]


def test_the_api_takes_proposals_and_still_wants_a_value_without_them(lost: ImportBatch, cast: Cast):
    client = cast.client("li")
    address = f"/api/entities/imports/{lost.pk}/amend/"
    refused = client.post(address, {"column": "area"}, content_type="application/json")
    assert (refused.status_code, list(refused.json())) == (400, ["new"])
    taken = client.post(address, {"column": "area", "proposed": True}, content_type="application/json")
    assert (taken.status_code, taken.json()["changed"]) == (200, 1)


def test_the_book_is_a_page_and_an_endpoint_of_ones_own_place(lost: ImportBatch, cast: Cast):
    client = cast.client("li")
    page = client.get("/entities/addresses/?q=平阳").content.decode()
    assert ("平阳路" in page, "2–6" in page, "一社区" in page) == (True, True, True)
    assert client.get("/api/addresses/?q=平阳").json()["segments"] == [
        {"road": "平阳路", "side": "even", "first": 2, "last": 6, "area": "一社区", "entities": 3}
    ]
    assert client.get("/api/addresses/?address=平阳路4号").json() == {
        "address": "平阳路4号",
        "area": "一社区",
        "known": [4],
    }
    assert client.get("/api/addresses/?address=某路1号").json()["area"] is None


@pytest.mark.parametrize("shops", [1, 3])
def test_the_books_page_asks_the_same_however_many_addresses_there_are(cast: Cast, shops, django_assert_num_queries):
    with acting_in(cast.li.place):
        imported(cast, csv_of([shop(n, address=f"平阳{'甲乙丙'[n - 1]}路8号") for n in range(1, shops + 1)]))
    client = cast.client("li")
    client.get("/entities/addresses/")
    with django_assert_num_queries(16):
        assert client.get("/entities/addresses/").content.decode().count("<td>平阳") == shops
