"""Making, editing and dropping a balanced proposal of assignments. Nothing is in force before it is approved."""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType

from django.db import transaction
from django.utils.translation import gettext as _

from cadres.models import Cadre, Proposal, ProposedAssignment
from cadres.queries.coverage import Scope, entities_in_scope, scope_of
from cadres.queries.proposals import candidates, holders_now, line_counts
from cadres.rules.balance import Balance, Bearer, Charge, balance
from cadres.rules.roster import Unit, unit_words
from cadres.rules.tiers import basis_of, reason_of_end, reason_of_line
from entities.models import Entity
from entities.rules.vocabulary import OperatingStatus
from tenancy import audit
from tenancy.models import Jurisdiction, Post
from tenancy.plans import plain
from tenancy.queries.tree import places_under
from tenancy.rules.paths import ancestors_of
from tenancy.rules.refusals import Refused

BATCH = 1000


def propose(jurisdiction: Jurisdiction, *, by: Post, on: date) -> Proposal:
    """A balanced proposal that keeps what may stay; an earlier draft is dropped. Raises Refused without cadres or entities."""
    scope = scope_of(jurisdiction, on)
    cadres, held = list(candidates(scope)), holders_now(jurisdiction.path, on)
    entities = {pk: (grade, place) for pk, grade, place in entities_in_scope(scope).values_list("pk", "grade", "place")}
    if not cadres:
        raise Refused(_("还没有在任的包保干部，无法指派。请先导入干部名册。"), code="no-cadres")
    if not entities and not held:
        raise Refused(_("没有需要本级包保的主体。请先导入台账并完成分级。"), code="no-entities")
    charges = charges_of(scope, cadres, entities, held)
    return drafted(scope, charges, entities, balance(charges, bearers(cadres, scope)), held, by=by)


def drafted(
    scope: Scope,
    charges: Iterable[Charge],
    entities: Mapping[int, tuple[str, str]],
    found: Balance,
    held: Mapping[int, int],
    *,
    by: Post,
    reasons: Mapping[int, str] = MappingProxyType({}),
) -> Proposal:
    """The draft of a place with its lines, an earlier one dropped. reasons: entity -> other words for its line."""
    jurisdiction = scope.jurisdiction
    with transaction.atomic():
        Proposal.objects.filter(jurisdiction=jurisdiction, state="draft").update(state="dropped")
        proposal = Proposal.objects.create(jurisdiction=jurisdiction, place=jurisdiction.path, on=scope.on, made_by=by)
        lines = [*_lines(proposal, scope, charges, entities, found), *_endings(proposal, scope, held, entities)]
        for line in lines:
            line.reason = reasons.get(line.entity_id, line.reason)
        ProposedAssignment.objects.bulk_create(lines, batch_size=BATCH)
        proposal.counts = line_counts(proposal)
        proposal.save(update_fields=["counts"])
        audit.record("cadres.proposal.made", proposal, by=by, after=proposal.counts)
    return proposal


def charges_of(
    scope: Scope, cadres: Iterable[Cadre], entities: Mapping[int, tuple[str, str]], held: Mapping[int, int]
) -> list[Charge]:
    """Where tiers share a grade, an entity stays with the tier that holds it, else goes to the first with somebody there."""
    tiers = {cadre.pk: cadre.tier for cadre in cadres}
    standing = {(cadre.tier, cadre.place) for cadre in cadres}
    charges = []
    for pk, (grade, place) in sorted(entities.items()):
        sharing, holder = scope.tiers_for(grade), held.get(pk)
        present = tiers.get(holder) if holder is not None else None
        tier = present if present in sharing else _first_present(sharing, place, standing)
        charges.append(Charge(pk, tier or scope.grades[grade], place, holder))
    return charges


def _first_present(sharing: tuple[str, ...], place: str, standing: set[tuple[str, str]]) -> str | None:
    roots = ancestors_of(place)
    return next((tier for tier in sharing if any((tier, root) in standing for root in roots)), None)


def bearers(cadres: Iterable[Cadre], scope: Scope) -> list[Bearer]:
    """Cadres with the areas they are linked with, where the roster names places below their own."""
    units = places_under(scope.jurisdiction.path)
    words = unit_words([Unit(place.pk, place.name, place.level) for place in units], scope.plan.value)
    paths = {place.pk: place.path for place in units}
    by_word = {word: paths[unit.id] for word, unit in words.items()}
    return [Bearer(c.pk, c.tier, c.place, _linked(c, by_word)) for c in cadres]


def _linked(cadre: Cadre, by_word: dict[str, str]) -> frozenset[str]:
    named = {by_word.get(plain(sector), "") for sector in cadre.sectors}
    return frozenset(path for path in named if path.startswith(cadre.place) and path != cadre.place)


def _lines(
    proposal: Proposal,
    scope: Scope,
    charges: Iterable[Charge],
    entities: Mapping[int, tuple[str, str]],
    found: Balance,
) -> list[ProposedAssignment]:
    names = {place.path: place.name for place in places_under(scope.jurisdiction.path)}
    basis = {grade: basis_of(scope.plan, grade) for grade in scope.grades}
    lines = []
    for charge in charges:
        chosen = found.chosen[charge.id]
        load = found.loads[chosen] if chosen is not None else None
        reason = reason_of_line(
            basis[entities[charge.id][0]], names.get(charge.area, ""), load, kept=charge.id in found.kept
        )
        lines.append(
            ProposedAssignment(
                proposal=proposal,
                place=proposal.place,
                entity_id=charge.id,
                holder_id=charge.holder,
                cadre_id=chosen,
                tier=charge.tier,
                reason=reason,
            )
        )
    return lines


def _endings(
    proposal: Proposal, scope: Scope, held: Mapping[int, int], entities: Mapping[int, tuple[str, str]]
) -> list[ProposedAssignment]:
    """Assignments of entities that closed or that a tier above answers for by now."""
    gone = Entity.every.in_bulk([pk for pk in held if pk not in entities])
    return [
        ProposedAssignment(
            proposal=proposal,
            place=proposal.place,
            entity_id=pk,
            holder_id=held[pk],
            reason=reason_of_end(scope.plan, entity.grade, visited=entity.status == OperatingStatus.ACTIVE.value),
        )
        for pk, entity in sorted(gone.items())
    ]


def reassign_line(line: ProposedAssignment, cadre: Cadre, *, by: Post) -> ProposedAssignment:
    """Puts another cadre on a line by hand. Raises Refused where tier, place or term of office do not fit."""
    proposal = line.proposal
    _refuse_unless_draft(proposal)
    entity = line.entity
    scope = scope_of(proposal.jurisdiction, proposal.on)
    if not line.tier:
        raise Refused(_("“%s”已不在本级包保范围内，不能再指派干部。") % entity.name, code="out-of-scope")
    fitting = scope.tiers_for(entity.grade)
    if cadre.tier not in fitting:
        raise Refused(
            _("%(basis)s，不能指派%(tier)s的干部%(name)s。请改选%(wanted)s的干部。")
            % {
                "basis": basis_of(scope.plan, entity.grade),
                "tier": scope.tier_name(cadre.tier),
                "name": cadre.post.person_name,
                "wanted": "、".join(scope.tier_name(tier) for tier in fitting),
            },
            code="wrong-tier",
        )
    if not entity.place.startswith(cadre.place):
        raise Refused(
            _("%(name)s在%(unit)s任职，不能包保其辖区以外的“%(entity)s”。请改选同一区域的干部。")
            % {"name": cadre.post.person_name, "unit": cadre.post.jurisdiction.name, "entity": entity.name},
            code="wrong-area",
        )
    _refuse_after_office(cadre, proposal.on)
    before = line.cadre_id
    line.cadre, line.tier, line.by_hand = cadre, cadre.tier, True
    line.reason = _("%s；经办人员手工指定") % basis_of(scope.plan, entity.grade)
    line.save(update_fields=["cadre", "tier", "by_hand", "reason"])
    facts = {"entity": entity.pk, "cadre": cadre.pk}
    audit.record("cadres.proposal.edited", proposal, by=by, before={"cadre": before}, after=facts)
    return line


def _refuse_after_office(cadre: Cadre, on: date) -> None:
    term = cadre.post.valid
    if on < term.lower or (term.upper is not None and on >= term.upper):
        raise Refused(
            _("%(name)s在%(day)s不在任，不能包保。请改选在任干部。")
            % {"name": cadre.post.person_name, "day": on.isoformat()},
            code="not-in-post",
        )


def _refuse_unless_draft(proposal: Proposal) -> None:
    if proposal.state != "draft":
        raise Refused(
            _("这个方案当前是“%s”，不能再改。请重新生成方案。") % proposal.get_state_display(), code="proposal-state"
        )


def drop_proposal(proposal: Proposal, *, by: Post) -> Proposal:
    """Puts a draft aside; nothing in force changes."""
    _refuse_unless_draft(proposal)
    proposal.state = "dropped"
    proposal.save(update_fields=["state"])
    audit.record("cadres.proposal.dropped", proposal, by=by)
    return proposal
