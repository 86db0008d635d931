"""The ledger's import wizard."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from entities.actions.ledger import LEDGER
from entities.tasks import nudge_ledger
from tenancy.rules.roles import Right
from tenancy.views import imports

WIZARD = imports.Wizard(
    kind=LEDGER,
    right=Right.IMPORT_REGISTER,
    title=_("导入包保主体台账"),
    namespace="entities",
    upload_url="entities:import-ledger",
    nudge=nudge_ledger,
    after_url="entities:list-entities",
)
import_ledger = partial(imports.upload, wizard=WIZARD)
show_import = partial(imports.show, wizard=WIZARD)
amend_import = partial(imports.amend, wizard=WIZARD)
commit_import = partial(imports.commit, wizard=WIZARD)
undo_import = partial(imports.undo, wizard=WIZARD)
download_import = partial(imports.download, wizard=WIZARD)
