"""The roster's imports over the API."""

from cadres.actions.post_imports import POSTS
from cadres.actions.roster import ROSTER
from cadres.tasks import nudge_roster
from tenancy.api.imports import ImportViewSet
from tenancy.rules.roles import Right


class RosterImports(ImportViewSet):
    """包保干部名册和联络员等岗位名单的导入."""

    kinds = (ROSTER, POSTS)
    right = Right.IMPORT_ROSTER

    def nudge(self, batch_id: int) -> None:
        nudge_roster(batch_id)
