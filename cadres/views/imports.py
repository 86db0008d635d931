"""The roster's import wizard."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from cadres.actions.roster import ROSTER
from cadres.tasks import nudge_roster
from tenancy.rules.roles import Right
from tenancy.views import imports

WIZARD = imports.Wizard(
    kind=ROSTER,
    right=Right.IMPORT_ROSTER,
    title=_("导入包保干部名册"),
    namespace="cadres",
    upload_url="cadres:import-roster",
    nudge=nudge_roster,
    after_url="cadres:list-cadres",
)
import_roster = partial(imports.upload, wizard=WIZARD)
show_import = partial(imports.show, wizard=WIZARD)
amend_import = partial(imports.amend, wizard=WIZARD)
commit_import = partial(imports.commit, wizard=WIZARD)
undo_import = partial(imports.undo, wizard=WIZARD)
download_import = partial(imports.download, wizard=WIZARD)
