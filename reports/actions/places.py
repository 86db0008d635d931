"""Closing a place, with an eye on what the apps above the tree keep there."""

from datetime import date

from django.utils.translation import gettext as _

from entities.models import Entity
from entities.rules.vocabulary import OperatingStatus
from tenancy.actions import tree
from tenancy.models import Jurisdiction, Post
from tenancy.rules.paths import END
from tenancy.rules.refusals import Refused

GONE = (OperatingStatus.CANCELLED.value, OperatingStatus.REVOKED.value)


def entities_in(place: Jurisdiction) -> int:
    """The entities still on the register of a place and the places under it."""
    here = Entity.objects.filter(place__gte=place.path, place__lt=place.path + END)
    return here.exclude(status__in=GONE).count()


def close_place(place: Jurisdiction, *, by: Post, on: date) -> Jurisdiction:
    """Takes a place out of use. Refused while entities stand on its register."""
    if count := entities_in(place):
        raise Refused(
            _("“%(place)s”还有%(count)d家在册主体，不能撤销；请先由街道经办在台账里把它们改到别的社区，或办理注销。")
            % {"place": place.name, "count": count},
            code="place-has-entities",
        )
    return tree.close_place(place, by=by, on=on)
