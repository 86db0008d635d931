"""Accounts as their place manages them, what two people decide about them, and the second factor of a login."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenancy.fields import PhoneField
from tenancy.models.located import Located
from tenancy.models.people import Post, User
from tenancy.models.tree import Jurisdiction
from tenancy.rules.roles import GRANTED_ROLES, ROLES, Role
from tenancy.wall import SamePlace

KINDS = {"post": _("岗位"), "second_factor": _("解除双因子")}
GRANTED = {role.value: ROLES[role].name for role in Role if role in GRANTED_ROLES}
STATES = {"waiting": _("待确认"), "confirmed": _("已确认"), "refused": _("未同意"), "withdrawn": _("已撤回")}


class Account(Located):
    """Whose login it is and which place looks after it. The login itself stands outside the wall."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    # One login is looked after by one place: nobody else can reset it or give it a post.
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="account")
    person_name = models.CharField(_("姓名"), max_length=40)
    sort_key = models.CharField(max_length=120, db_collation="C", editable=False, default="")
    opened_at = models.DateTimeField(auto_now_add=True)

    class Meta(Located.Meta):
        verbose_name = _("账号")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="tenancy_account_place", parent="jurisdiction"),
        ]

    def __str__(self) -> str:
        return self.person_name


class Petition(Located):
    """What the system administrator asks for and the security administrator decides: a post, or a lost second factor.

    A post is asked for in the petition's own place.
    """

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="petitions")
    kind = models.CharField(_("事项"), max_length=16, choices=KINDS)
    role = models.CharField(_("角色"), max_length=32, blank=True, default="", choices=GRANTED)
    title = models.CharField(_("职务"), max_length=60, blank=True, default="")
    phone = PhoneField(_("联系电话"))
    since = models.DateField(_("任职起"), null=True)
    until = models.DateField(_("任职止"), null=True)
    reason = models.CharField(_("理由"), max_length=200)
    state = models.CharField(_("状态"), max_length=12, choices=STATES, default="waiting")
    asked_by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(_("答复"), max_length=200, blank=True, default="")

    class Meta(Located.Meta):
        verbose_name = _("申请")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="tenancy_petition_place", parent="jurisdiction"),
            models.CheckConstraint(
                condition=Q(kind="post", role__in=list(GRANTED), since__isnull=False)
                | Q(kind="second_factor", role="", since__isnull=True),
                name="tenancy_petition_kind",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by__isnull=True, decided_at__isnull=True)
                | Q(
                    state__in=["confirmed", "refused", "withdrawn"], decided_by__isnull=False, decided_at__isnull=False
                ),
                name="tenancy_petition_decided",
            ),
            # Two people: whoever asked can only take it back.
            models.CheckConstraint(
                condition=~Q(state__in=["confirmed", "refused"]) | ~Q(decided_by=F("asked_by")),
                name="tenancy_petition_two_people",
            ),
            models.CheckConstraint(condition=Q(until__gt=F("since")) | Q(until=None), name="tenancy_petition_dates"),
            models.UniqueConstraint(
                fields=["account", "kind", "jurisdiction", "role"],
                condition=Q(state="waiting"),
                name="tenancy_petition_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} · {self.get_role_display() if self.role else self.get_kind_display()}"


class SecondFactor(models.Model):
    """The key behind a person's codes (RFC 6238). Asked for before any place is known, so it stands outside the wall."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="second_factor")
    # Sealed with settings.FIELD_KEYS.
    secret = models.TextField()
    confirmed_at = models.DateTimeField(null=True)
    # The time step of the last code that was taken: no code is good twice.
    last_step = models.BigIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    # Keyed hashes of the recovery codes that are still good.
    recovery = models.JSONField(default=list)

    class Meta:
        verbose_name = _("双因子")
