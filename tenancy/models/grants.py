"""django-guardian's direct tables: rights are granted on jurisdictions only, to the role group of a post.

The window is not guardian's: only tenancy.policies reads these tables, and it does ask the window.
"""

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from tenancy.models.tree import Jurisdiction


class JurisdictionUserPermission(UserObjectPermissionBase):
    """Never granted in the ordinary course; exists so that guardian never falls back to its generic table."""

    content_object = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE)


class JurisdictionGroupPermission(GroupObjectPermissionBase):
    """One right of a role group on one jurisdiction, inherited down the tree, within a window."""

    content_object = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE)
    valid = DateRangeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True, default="")
