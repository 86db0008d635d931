"""Who may visit, open a quarter and act on an issue; answers carry the sentence for the grey button."""

from datetime import date

from django.utils.translation import gettext as _

from cadres.models import Assignment, Cadre
from supervision.models import Issue, Visit
from supervision.rules.issues import ACTORS, HOLDER_LABELS, STATE_LABELS, VERB_LABELS, Holder, State, Verb, step
from tenancy.models import Jurisdiction, Post
from tenancy.policies import may, may_edit_calendar
from tenancy.rules.refusals import Allowed, Denied
from tenancy.rules.roles import Right, Role

# A secretary reads his community's register elsewhere; the work in this app is his own shops' alone.
OWN_ONLY = frozenset({Role.CADRE, Role.COMMUNITY_SECRETARY})


def sees_own_only(post: Post) -> bool:
    """Whether the post sees only the entities assigned to it."""
    return Role(post.role) in OWN_ONLY


def may_open_quarter(post: Post, jurisdiction: Jurisdiction) -> Allowed | Denied:
    """The office of a place opens its quarter."""
    return may(post, Right.OPEN_QUARTER, jurisdiction.path)


def may_enter_visit(post: Post, assignment: Assignment | None, place: str) -> Allowed | Denied:
    """The cadre who answered for the entity on that day, or an office that types for him."""
    if assignment is not None and assignment.cadre.post_id == post.pk:
        return may(post, Right.VISIT, place)
    if may(post, Right.ENTER_FOR_OTHERS, place):
        if assignment is None:
            return Denied(_("这家主体在督导当天没有包保干部，不能补录；请先办理指派。"))
        return Allowed()
    return Denied(_("这家主体在督导当天不由您包保，不能登记；如刚刚调整，请联系街道经办。"))


def may_act(post: Post, issue: Issue, verb: Verb, *, on: date) -> Allowed | Denied:
    """Whether this post may do this with the issue as it stands. 包保 does not replace 监管, nor the other way."""
    right = _may_as(post, issue, ACTORS[verb], on)
    if not right:
        return right
    if step(State(issue.state), verb) is None:
        return Denied(
            _("问题现在是“%(state)s”，不能%(verb)s。")
            % {"state": STATE_LABELS[State(issue.state)], "verb": VERB_LABELS[verb]}
        )
    return Allowed()


def side_of(post: Post, issue: Issue, *, on: date) -> Holder:
    """On which side of the issue the post stands; nobody for those who only look."""
    return next((side for side in (Holder.STATION, Holder.CADRE) if _may_as(post, issue, side, on)), Holder.NOBODY)


def _may_as(post: Post, issue: Issue, side: Holder, on: date) -> Allowed | Denied:
    if side is Holder.STATION:
        return may(post, Right.HANDLE_ISSUES, issue.place)
    own = Assignment.objects.in_force(on).filter(entity_id=issue.entity_id, cadre__post_id=post.pk)
    if may(post, Right.VISIT, issue.place) and own.exists():
        return Allowed()
    return Denied(_("这一步由%s办理。") % HOLDER_LABELS[side])


def may_read_due(post: Post | None, place: str | None = None) -> Allowed | Denied:
    """Whoever works with visits or issues; asked without a place before anything is looked for."""
    rights = (Right.VISIT, Right.VIEW_PROGRESS, Right.VIEW_ISSUES, Right.HANDLE_ISSUES, Right.ENTER_FOR_OTHERS)
    return _any(post, rights, place)


def may_recount(post: Post, jurisdiction: Jurisdiction) -> Allowed | Denied:
    """Whoever corrects the working days of a place has its clocks counted again."""
    return may_edit_calendar(post, jurisdiction)


def may_send_visits(post: Post) -> Allowed | Denied:
    """Asked before an entity is looked for: a post without any visits learns nothing from the answer."""
    return _any(post, (Right.VISIT, Right.ENTER_FOR_OTHERS), None)


def may_read_visit(post: Post, place: str) -> Allowed | Denied:
    """Whoever visits, follows progress or handles issues there reads the records."""
    rights = (Right.VISIT, Right.VIEW_PROGRESS, Right.VIEW_ISSUES, Right.ENTER_FOR_OTHERS)
    return _any(post, rights, place)


def may_check_closures(post: Post, place: str | None = None) -> Allowed | Denied:
    """Whoever keeps the register checks what it is told of closed shops."""
    return may(post, Right.EDIT_REGISTER, place)


def may_decide_closure(post: Post, visit: Visit) -> Allowed | Denied:
    """A second person: never the cadre whose visit it was, in whatever other post he may act."""
    keeps = may_check_closures(post, visit.place)
    if keeps and Cadre.objects.filter(pk=visit.cadre_id, post__user=post.user_id).exclude(post__user=None).exists():
        return Denied(_("这是您本人督导时反映的，须由另一名经办核实。"))
    return keeps


def may_read_issues(post: Post | None, place: str | None = None) -> Allowed | Denied:
    """Whoever finds, follows or handles issues."""
    return _any(post, (Right.VIEW_ISSUES, Right.HANDLE_ISSUES, Right.VISIT), place)


def _any(post: Post | None, rights: tuple[Right, ...], place: str | None) -> Allowed | Denied:
    answers = [may(post, right, place) for right in rights]
    return next((answer for answer in answers if answer), answers[0])
