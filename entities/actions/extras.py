"""本地增加的台账项 of one entity: the fields its plan adds, as an office fills them."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from entities.actions.register import locked, version_of
from entities.models import Entity
from entities.queries.extras import extras_of
from tenancy import audit
from tenancy.models import Post
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import Refused


def fill_extras(entity: Entity, values: Mapping[str, str], *, by: Post, on: date, seen: str) -> Entity:
    """The values by the plan's codes; a blank one is taken out, a code that is not named stays as it is."""
    entity = locked(entity, seen)
    fields = {each.field.code: each.field for each in extras_of(entity, plan_in_force(entity.place, on).value, on)}
    if unknown := [code for code in values if code not in fields]:
        raise Refused(
            _("实施方案没有给这家主体设“%s”这一项；请打开最新的页面再填，要增加的先写进方案。") % "、".join(unknown),
            code="extra-unknown",
        )
    before = dict(entity.extras)
    after = {code: value for code, value in {**before, **values}.items() if value}
    if before == after:
        raise Refused(_("“%s”的这些项没有变化，不用再登记。") % entity.name, code="same-extras")
    entity.extras = after
    entity.save()
    changed = [code for code in values if before.get(code, "") != values[code]]
    was, now = ({fields[code].name: facts.get(code, "") for code in changed} for facts in (before, after))
    told = {"extras": now, "version": version_of(entity)}
    audit.record("entities.extras.changed", entity, by=by, before={"extras": was}, after=told)
    return entity
