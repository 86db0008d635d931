"""Inviting people in post to bind their phone: one use, seven days, a new one ends the one before.

Only posts that follow from a roster are invited. Whoever works in an office or administers signs in with a password.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from tenancy import audit
from tenancy.actions.doors import new_door
from tenancy.models import Account, Door, Jurisdiction, Post, User
from tenancy.models.people import CARD
from tenancy.rules.doors import INVITATION_LASTS
from tenancy.rules.refusals import Refused
from tenancy.rules.roles import ROSTER_ROLES

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Invitation:
    """The token of one post's card, known here and on the card alone."""

    post: Post
    token: str
    expires_at: datetime


def invite(post: Post, *, by: Post, on: date, at: datetime) -> Invitation:
    """One card; raises Refused for a post that has ended or is no post of a roster."""
    made = _invitations([post.pk], on=on, at=at)
    if not made:
        raise Refused(
            _("“%s”不能用个人卡登录：只有在任的包保干部等名册人员才发个人卡，办公室和管理员请用登录名和密码。") % post,
            code="no-invitation",
        )
    audit.record("tenancy.invitation.issued", post, by=by, after={"until": made[0].expires_at.isoformat()})
    return made[0]


def invite_all(
    posts: Sequence[int], place: Jurisdiction, *, by: Post | None, on: date, at: datetime
) -> list[Invitation]:
    """Cards for many posts in the order given, one entry on the trail; posts that get none are left out."""
    made = _invitations(posts, on=on, at=at)
    facts = {"posts": [each.post.pk for each in made], "until": (at + INVITATION_LASTS).isoformat()}
    audit.record("tenancy.invitations.issued", place, by=by, at=place, after=facts)
    return made


def _invitations(wanted: Sequence[int], *, on: date, at: datetime) -> list[Invitation]:
    # Locked in the order of their keys: of two clerks at once the second finds the logins the first has made.
    roles = [role.value for role in ROSTER_ROLES]
    locked = Post.objects.held_on(on).filter(pk__in=wanted, role__in=roles).select_for_update(of=("self",), no_key=True)
    posts = {post.pk: post for post in locked.select_related("jurisdiction").order_by("pk")}
    _give_logins([post for post in posts.values() if post.user_id is None])
    Door.objects.of("invitation", *posts).filter(uses=0, revoked_at__isnull=True).update(revoked_at=at)
    until = at + INVITATION_LASTS
    made, doors = [], []
    for post in (posts[pk] for pk in wanted if pk in posts):
        door, token = new_door("invitation", post.jurisdiction, post.pk, expires_at=until)
        doors.append(door)
        made.append(Invitation(post, token, until))
    Door.objects.bulk_create(doors, batch_size=BATCH)
    return made


def _give_logins(posts: list[Post]) -> None:
    """A login each that no password opens, and its account, by which the administrators look after it."""
    users = [User(username=f"{CARD}{post.pk}") for post in posts]
    for user in users:
        user.set_unusable_password()
    for post, user in zip(posts, User.objects.bulk_create(users, batch_size=BATCH), strict=True):
        post.user = user
    accounts = [
        Account(
            jurisdiction=post.jurisdiction,
            place=post.place,
            user=post.user,
            person_name=post.person_name,
            sort_key=post.sort_key,
        )
        for post in posts
    ]
    Account.objects.bulk_create(accounts, batch_size=BATCH)
    Post.objects.bulk_update(posts, ["user"], batch_size=BATCH)
