"""The address book as the register teaches it."""

from collections.abc import Iterable, Sequence

from entities.models import Entity
from entities.queries.register import areas_under, entities_within
from entities.rules.addresses import AddressBook, Segment
from entities.rules.ledger import Area
from tenancy.models import Jurisdiction


def address_book(paths: Iterable[str], areas: Sequence[Area]) -> AddressBook:
    """Learnt from every address of some subtrees whose entity lies in one of these areas. One query."""
    return _learnt(entities_within(paths).exclude(address="").values_list("address", "jurisdiction_id"), areas)


def book_of(jurisdiction: Jurisdiction) -> tuple[AddressBook, dict[int, str]]:
    """The book of a place as its own posts see it, and the names of its communities."""
    areas = areas_under(jurisdiction)
    known = Entity.objects.exclude(address="").values_list("address", "jurisdiction_id")
    return _learnt(known, areas), {area.pk: area.name for area in areas}


def _learnt(known: Iterable[tuple[str, int]], areas: Sequence[Area]) -> AddressBook:
    book, inside = AddressBook(), {area.pk for area in areas}
    for address, area in known:
        if area in inside:
            book.learn(address, area)
    return book


def shown_segments(book: AddressBook, road: str = "") -> list[Segment]:
    """The book road by road, of roads whose name holds these characters."""
    return [segment for segment in book.segments() if road in segment.road]
