"""Plans as papers: which ones a post may read, what stands on one, and what it says over the places above."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tenancy.models import Plan, PlanAnnex, PlanDraft, Post, last_day_of
from tenancy.plans import (
    NATIONAL,
    PlanFile,
    PlanLayer,
    ResolvedPlan,
    layer_of,
    resolve,
    shipped_codes,
    shipped_plan,
)
from tenancy.plans.choices import Publicity, labels_of
from tenancy.policies import granted_roots, may, reads_every_plan
from tenancy.queries.plans import header_of
from tenancy.rules.paths import END, ancestors_of
from tenancy.rules.roles import Right

PUBLISHED = labels_of(Publicity)["open"]


def published(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    """Those that anybody may be shown; every page without a post stays with these."""
    return plans.filter(publicity=PUBLISHED)


def plans_for(post: Post | None) -> QuerySet[Plan]:
    """The plans a post may read, inside the wall: an office all of them, a shop the published ones."""
    plans = Plan.objects.select_related("jurisdiction")
    if reads_every_plan(post):
        return plans
    return published(plans) if may(post, Right.OWN_RECORDS) else plans.none()


def plans_along_line(post: Post) -> list[Plan]:
    """Every version of the plans of the post's place and of those above it, the nearest place and the newest first."""
    found = plans_for(post).filter(place__in=ancestors_of(post.place)).defer("document")
    return sorted(found.order_by("-valid"), key=lambda plan: -len(plan.place))


def plans_in_force_below(post: Post, on: date) -> QuerySet[Plan]:
    """The plans of the places under the post's own, for the office above them."""
    below = plans_for(post).filter(place__gt=post.place, place__lt=post.place + END, valid__contains=on)
    return below.defer("document").order_by("place")


def drafts_for(post: Post | None) -> QuerySet[PlanDraft]:
    """The drafts of the places whose plans the post may write."""
    drafts = PlanDraft.objects.select_related("jurisdiction", "edited_by", "plan")
    if post is None or not may(post, Right.EDIT_PLAN):
        return drafts.none()
    inside = Q()
    for root in granted_roots(post, post.acting_on)[Right.EDIT_PLAN]:
        inside |= Q(place__gte=root, place__lt=root + END)
    return drafts.filter(inside)


def annexes_for(post: Post) -> QuerySet[PlanAnnex]:
    """The annexes of the plans a post may read and of the drafts it may write."""
    annexes = PlanAnnex.objects.select_related("jurisdiction", "plan", "draft")
    return annexes.filter(Q(plan__in=plans_for(post)) | Q(draft__in=drafts_for(post)))


def versions_of(plan: Plan, post: Post) -> list[Plan]:
    """Every version of the place's plan, the newest first."""
    return list(plans_for(post).filter(jurisdiction=plan.jurisdiction_id).defer("document").order_by("-valid"))


def previous_of(plan: Plan) -> Plan | None:
    """The version that ended when this one began."""
    return Plan.objects.filter(jurisdiction=plan.jurisdiction_id, valid__endswith=plan.valid.lower).first()


def file_of(plan: Plan) -> PlanFile:
    """A stored plan as a plan file."""
    return PlanFile.model_validate({"header": header_of(plan), **plan.document})


def draft_file(draft: PlanDraft) -> PlanFile:
    """A draft as a plan file, absent keys absent and cleared ones null."""
    return PlanFile.model_validate({"header": draft.header, **draft.document})


def day_of(plan: Plan, on: date) -> date:
    """The day a plan is read on: today while it is in force, else its first or last day."""
    if on < plan.valid.lower:
        first: date = plan.valid.lower
        return first
    last = last_day_of(plan.valid)
    return min(on, last) if last else on


def layers_under(path: str, on: date, post: Post | None = None) -> list[PlanLayer]:
    """What a plan of the place lies on: the national default and the plans of the places above, as far as the post
    may read them; all of them when no post asks.
    """
    plans = Plan.objects.all() if post is None else plans_for(post)
    above = plans.filter(place__in=ancestors_of(path)[:-1], valid__contains=on)
    nearest_last = sorted(above, key=lambda plan: len(plan.place))
    found = [layer_of(plan.title, plan.doc_number, plan.document) for plan in nearest_last]
    return [shipped_plan(NATIONAL).layer(), *found]


@dataclass(frozen=True, slots=True)
class Paper:
    """A plan, a draft or a shipped plan, read as one thing: what it is called, what it says itself and over what."""

    ref: str
    name: str
    file: PlanFile
    below: Sequence[PlanLayer]

    @property
    def resolved(self) -> ResolvedPlan:
        """Its values over what it lies on; its own layer is the last one."""
        return resolve([*self.below, self.file.layer()])


def paper_from_plan(plan: Plan, post: Post, on: date) -> Paper:
    """A stored plan, read on the day that fits it."""
    name = f"{plan.jurisdiction.name} {plan}"
    return Paper(f"plan-{plan.pk}", name, file_of(plan), layers_under(plan.place, day_of(plan, on), post))


def paper_from_draft(draft: PlanDraft, post: Post, on: date) -> Paper:
    """A draft, read as if it were in force on a day."""
    name = f"{draft.jurisdiction.name} {draft.name}"
    return Paper(f"draft-{draft.pk}", name, draft_file(draft), layers_under(draft.place, on, post))


def paper_from_code(code: str) -> Paper:
    """A shipped plan over the national default; KeyError when there is none of that name."""
    file = shipped_plan(code)
    below = [] if code == NATIONAL else [shipped_plan(NATIONAL).layer()]
    return Paper(f"shipped-{code}", file.header.title, file, below)


def paper_at(ref: str, post: Post, on: date) -> Paper | None:
    """What a reference from a page names ("plan-3", "draft-5", "shipped-national"), as far as the post may read it."""
    kind, _dash, rest = ref.partition("-")
    if kind == "shipped":
        try:
            return paper_from_code(rest)
        except KeyError:
            return None
    if not rest.isdecimal() or len(rest) > 18:
        return None
    if kind == "plan":
        plan = plans_for(post).filter(pk=int(rest)).first()
        return paper_from_plan(plan, post, on) if plan else None
    draft = drafts_for(post).filter(pk=int(rest)).first() if kind == "draft" else None
    return paper_from_draft(draft, post, on) if draft else None


def comparable(post: Post) -> list[tuple[str, str]]:
    """Everything the post may lay beside something else, by the reference a page hands on."""
    plans = [
        (f"plan-{plan.pk}", f"{plan.jurisdiction.name} {plan}（{plan.valid.lower:%Y-%m-%d} 起）")
        for plan in plans_along_line(post)
    ]
    drafts = drafts_for(post).filter(state="draft").defer("document").order_by("place", "pk")
    written = [(f"draft-{draft.pk}", _("草稿：%s") % draft.name) for draft in drafts]
    return plans + written + [(f"shipped-{code}", shipped_plan(code).header.title) for code in shipped_codes()]
