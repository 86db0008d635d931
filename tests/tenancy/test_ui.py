"""The small pieces of a page say the right words."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from django.core.paginator import Paginator
from django.template import Context, RequestContext, Template
from django.test import RequestFactory

from baobao.navigation import _current, navigation
from tenancy.rules.dues import ESTIMATED, Explanation
from tenancy.rules.refusals import Allowed, Denied
from tenancy.rules.roles import Right
from tenancy.templatetags import ui


@pytest.mark.parametrize(
    ("pair", "empty", "words"),
    [
        ((59, 60), "—", "98.33%(59/60)"),
        ((0, 0), "无问题", "无问题"),
        (None, "—", "—"),
        ((1, 3), "—", "33.33%(1/3)"),
        ((0, 7), "—", "0.00%(0/7)"),
    ],
)
def test_a_rate_shows_its_two_counts(pair, empty, words):
    assert ui.rate(pair, empty) == words


def test_a_percentage_is_rounded_half_up_to_two_decimals():
    assert [ui.percent(v) for v in (Fraction(59, 60), Fraction(1, 800), None)] == ["98.33%", "0.13%", "—"]


def test_a_telephone_number_keeps_its_ends_only():
    assert [ui.masked(v) for v in ("19900000001", "12345", "", None)] == ["199****0001", "****45", "—", "—"]


def test_days_near_today_are_named():
    from django.utils import timezone

    today = timezone.localdate()
    assert [ui.when(today + timedelta(days=n)) for n in (-1, 0, 1)] == ["昨天", "今天", "明天"]
    assert ui.when(date(2020, 3, 1)) == "2020-03-01"
    assert ui.when(datetime.now(UTC)).startswith("今天 ")
    assert ui.when(None) == "—"


def test_a_pager_keeps_the_rest_of_the_query():
    request = RequestFactory().get("/x/?grade=B&page=3")
    drawn = Template("{% load ui %}{% pager page unit='家' %}").render(
        RequestContext(request, {"page": Paginator(range(1286), 50).page(3)})
    )
    assert "第 101–150 家，共 1,286 家" in drawn
    assert 'href="?grade=B&amp;page=4"' in drawn


def test_a_reason_stands_only_beside_a_refusal():
    assert ui.reason(Allowed()) == ""
    assert "请联系安全管理员" in ui.reason(Denied("请联系安全管理员"), "why")


def test_user_text_is_escaped():
    assert "<b>" not in ui.pill("bad", "<b>")
    assert "<b>" not in ui.pick(1, "<b>")
    t = Template("{% load ui %}{% table caption=c %}<tr><td>{{ c }}</td></tr>{% endtable %}").render(
        Context({"c": "<b>x"})
    )
    assert "<b>" not in t and "<tr><td>&lt;b&gt;x</td></tr>" in t


def test_the_deepest_entry_owns_a_page():
    assert _current("/entities/12/", ["/", "/entities/", "/entities/12/x/"]) == "/entities/"
    assert _current("/posts/", ["/"]) == ""
    assert _current("/", ["/", "/entities/"]) == "/"


def test_navigation_draws_nothing_without_a_post():
    request = RequestFactory().get("/")
    made = navigation(request)
    assert (list(made["nav"]), list(made["phone_nav"]), made["quarter"]) == ([], [], "")


def test_the_phone_navigation_is_the_same_four_pages_for_everybody():
    class P:
        role_name = "x"
        _granted_roots = {Right.VIEW_REGISTER.value: ["1/"]}

    request = RequestFactory().get("/me/")
    request.post = P()
    made = navigation(request)
    assert [e.label for e in made["phone_nav"]] == ["待办", "我的主体", "记录", "我的"]
    assert [e.current for e in made["phone_nav"]] == [False, False, False, True]
    assert made["quarter"].endswith("季度")


def test_a_due_day_folds_its_reason_in_and_nothing_stands_where_nothing_is_due():
    told = Explanation(
        rule="季度材料报送日", date=date(2026, 12, 25), basis="<b>40号</b>", plan="闵古办", estimated=True
    )
    drawn = Template("{% load ui %}{% why told %}").render(Context({"told": told}))
    assert '<details class="fold why-day"><summary>' in drawn and "为什么是 2026-12-25" in drawn
    assert "<dt>依据</dt><dd>&lt;b&gt;40号&lt;/b&gt;</dd>" in drawn and f"<dt>推定</dt><dd>{ESTIMATED}</dd>" in drawn
    assert Template("{% load ui %}{% why told %}").render(Context({"told": None})).strip() == ""
    link = ui.why_link("/due/issue/1/", date(2026, 12, 25))
    assert 'href="/due/issue/1/" aria-label="为什么是12-25"' in link
