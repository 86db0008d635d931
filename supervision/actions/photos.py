"""Taking in the pictures of a visit one by one, each under the hash the visit announced."""

import hashlib
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from supervision.models import Photo, Visit
from supervision.rules.visits import Unfit
from tenancy import audit
from tenancy.models import Post
from tenancy.rules.refusals import Forbidden, Refused
from tenancy.scans import UnreadablePicture, read_picture


def add_photo(visit: Visit, data: bytes, *, sha: str, by: Post, at: datetime) -> Photo:
    """Keeps one picture; the visit is complete when its last one is here. Sent again, it is simply found."""
    if by.pk not in (visit.entered_by_id, visit.cadre.post_id):
        raise Forbidden(_("照片只能由登记这份记录的人补传。"))
    if hashlib.sha256(data).hexdigest() != sha:
        raise Unfit({"photo": _("照片在传送中损坏（校验值不符），会自动重传。")})
    # Locked, so that two tabs sending the same picture keep one file and the last one closes the visit.
    Visit.objects.select_for_update(no_key=True).get(pk=visit.pk)
    photo = Photo.objects.filter(visit=visit, sha256=sha).first()
    if photo is None:
        raise Refused(_("这份督导记录没有登记这张照片，请重新提交记录。"), code="photo-unknown")
    if not photo.stored:
        _keep(photo, data, at)
    if visit.state != "complete" and not visit.missing_photos():
        visit.state = "complete"
        visit.save(update_fields=["state"])
        audit.record("supervision.visit.completed", visit, by=by, at=visit.entity.jurisdiction)
    return photo


def _keep(photo: Photo, data: bytes, at: datetime) -> None:
    try:
        picture = read_picture(data)
    except UnreadablePicture as unreadable:
        raise Unfit({"photo": str(unreadable)}) from unreadable
    drawn = hashlib.sha256(picture.jpeg).hexdigest()
    name = f"visits/{photo.visit_id % 1000:03}/{photo.visit_id}/{drawn}.jpg"
    photo.stored = default_storage.save(name, ContentFile(picture.jpeg))
    photo.stored_sha256 = drawn
    photo.width, photo.height, photo.taken_at = picture.width, picture.height, picture.taken_at
    photo.received_at = at
    photo.save()
