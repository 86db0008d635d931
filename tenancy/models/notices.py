"""What waits to be said: a row written with the act, claimed and sent by a sweeper, never sent twice."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.models.located import Located
from tenancy.models.people import Post
from tenancy.wall import SamePlace


class Notice(Located):
    """One sentence to one post. `key` makes it happen once: rule, subject, period."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, db_constraint=False, related_name="notices")
    key = models.CharField(max_length=160)
    kind = models.CharField(max_length=40)
    text = models.TextField(_("内容"))
    url = models.CharField(max_length=200, blank=True, default="")
    due_on = models.DateField(_("期限"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta(Located.Meta):
        verbose_name = _("提醒")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="tenancy_notice_place", parent="post"),
            models.UniqueConstraint(fields=["post", "key"], name="tenancy_notice_once"),
        ]
