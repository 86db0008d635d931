"""Which places a post may ask figures of."""

from datetime import date

from tenancy.models import Jurisdiction, Post
from tenancy.policies import granted_roots
from tenancy.rules.paths import within
from tenancy.rules.roles import Right


def place_in_reach(post: Post, asked: int | None, on: date) -> Jurisdiction | None:
    """The place asked for, by default the post's own; None for one outside its reach, as for one that is not there."""
    if asked is None or asked == post.jurisdiction_id:
        return post.jurisdiction
    place = Jurisdiction.objects.filter(pk=asked).first()
    reached = place is not None and within(granted_roots(post, on)[Right.VIEW_PROGRESS], place.path)
    return place if reached else None
