"""The import wizard of the roster, and of the people who help cadres."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from cadres.actions.post_imports import POSTS
from cadres.actions.roster import ROSTER
from cadres.tasks import nudge_roster
from tenancy.rules.roles import Right
from tenancy.views import imports, mending

WIZARD = imports.Wizard(
    namespace="cadres",
    right=Right.IMPORT_ROSTER,
    nudge=nudge_roster,
    entrances=(
        imports.Entrance(
            ROSTER,
            _("导入包保干部名册"),
            "cadres:import-roster",
            "cadres:list-cadres",
            _("查看名册"),
            "cadres:roster-template",
        ),
        imports.Entrance(
            POSTS,
            _("导入联络员、协管员、网格员"),
            "cadres:import-posts",
            "cadres:list-cadres",
            _("查看名册"),
            "cadres:posts-template",
            _("街道经办等由系统管理员申请、安全管理员确认；包保干部和书记用干部名册导入。同名的用联系电话区分。"),
        ),
    ),
)
import_roster = partial(imports.upload, wizard=WIZARD, kind="roster")
roster_template = partial(imports.template, wizard=WIZARD, kind="roster")
import_posts = partial(imports.upload, wizard=WIZARD, kind="posts")
posts_template = partial(imports.template, wizard=WIZARD, kind="posts")
show_import = partial(imports.show, wizard=WIZARD)
map_import = partial(mending.choose_columns, wizard=WIZARD)
amend_import = partial(mending.amend, wizard=WIZARD)
skip_import = partial(mending.skip, wizard=WIZARD)
commit_import = partial(imports.commit, wizard=WIZARD)
undo_import = partial(imports.undo, wizard=WIZARD)
download_import = partial(imports.download, wizard=WIZARD)
