"""A fresh installation gets its tenant, its plan and three separate administrators by one command."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tenancy.models import Jurisdiction, Plan, Post, User
from tenancy.rules.roles import Role
from tenancy.scoping import acting_in


def found(*args: str) -> str:
    out = StringIO()
    call_command("found", *args, stdout=out)
    return out.getvalue()


def test_a_tenant_is_founded_with_three_separate_administrators(db: None) -> None:
    shown = found("南城区", "--code", "990103", "--plan", "gumei", "--upper", "nan=倪审核")
    with acting_in("990103/"):
        roles = dict(Post.objects.values_list("role", "person_name"))
        assert roles == {
            Role.SYSTEM_ADMIN.value: "系统管理员",
            Role.SECURITY_ADMIN.value: "安全管理员",
            Role.AUDIT_ADMIN.value: "审计管理员",
            Role.DISTRICT_OFFICE.value: "倪审核",
        }
        assert Plan.objects.get().doc_number == "闵古办〔2022〕40号"
    user = User.objects.get(username="nan")
    password = next(line.split()[2] for line in shown.splitlines() if " nan " in line)
    assert user.check_password(password) and user.must_change_password


def test_a_shipped_division_is_laid_down_whole(db: None) -> None:
    found("闵行区/古美路街道")
    assert Jurisdiction.objects.filter(level="community").count() == 15


@pytest.mark.parametrize(("args", "word"), [(("无码区",), "--code"), (("南城区", "--code", "990103"), "已存在")])
def test_what_is_missing_or_taken_is_said(db: None, args: tuple[str, ...], word: str) -> None:
    if word == "已存在":
        found(*args)
    with pytest.raises(CommandError, match=word):
        found(*args)
