"""Tags that draw the small pieces of a page: icons, grades, pills, fields, pagers, wrappers.

They show what they are given. No query is made, no right and no rule is decided here; only `when` reads the clock.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import segno
from django import forms, template
from django.core.paginator import Page
from django.forms.boundfield import BoundField
from django.template.context import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tenancy.rules.dues import Explanation
from tenancy.rules.refusals import Allowed, Denied

register = template.Library()

PILL_ICONS = {"ok": "ok", "warn": "clock", "bad": "warn", "info": "clock", "mute": "dash"}
GRADES = frozenset("ABCD")


@register.simple_tag
def icon(name: str) -> SafeString:
    """One symbol of the sprite, silent for screen readers: a word always stands beside it."""
    return format_html('<svg class="ic" aria-hidden="true"><use href="{}#{}"/></svg>', static("icons.svg"), name)


@register.simple_tag
def qr(text: str, label: str) -> SafeString:
    """A QR code drawn into the page; the content policy takes pictures from nowhere else."""
    drawing = segno.make(text, error="m", micro=False)
    return format_html('<span class="qr" role="img" aria-label="{}">{}</span>', label, SafeString(_inline(drawing)))


def _inline(drawing: Any) -> str:
    """An SVG without sizes, so that the style sheet gives it one."""
    return str(drawing.svg_inline(border=2, omitsize=True, svgclass=None, lineclass=None))


@register.simple_tag
def grade(value: object) -> SafeString:
    """The grade block; an entity without a grade says so."""
    letter = str(value or "")
    if letter not in GRADES:
        return format_html('<span class="gr" role="img" aria-label="{}">—</span>', _("未分级"))
    return format_html('<span class="gr gr--{0}" role="img" aria-label="{1}">{0}</span>', letter, _("%s 级") % letter)


@register.simple_tag
def pill(kind: str, text: object, name: str = "") -> SafeString:
    """A status: kind is ok, warn, bad, info or mute; never colour alone."""
    return format_html('<span class="pill pill--{}">{}{}</span>', kind, icon(name or PILL_ICONS[kind]), text)


@register.simple_tag
def badge(text: object) -> SafeString:
    """A small red outline beside a name (高风险)."""
    return format_html('<span class="hi">{}</span>', text)


@register.simple_tag
def meter(value: float | Decimal, kind: str = "", label: str = "") -> SafeString:
    """A thin bar for a percentage of 0 to 100."""
    width = f"{min(max(float(value), 0), 100):g}%"
    return format_html(
        '<svg class="meter" role="img" aria-label="{}"><rect class="meter__g" width="100%" height="6"/>'
        '<rect class="meter__b meter__b--{}" width="{}" height="6"/></svg>',
        label or width,
        kind or "info",
        width,
    )


@register.simple_tag
def reason(answer: Allowed | Denied | None, html_id: str = "") -> SafeString:
    """Why a button is grey; nothing when it is not. Give html_id to name it in the button's aria-describedby."""
    if answer is None or answer:
        return SafeString("")
    named = format_html(' id="{}"', html_id) if html_id else ""
    return format_html('<p class="why"{}>{}<span>{}</span></p>', named, icon("lock"), answer.reason)


@register.simple_tag
def pick(pk: object, name: object, form: str = "bulk") -> SafeString:
    """The box that picks one table row for the bulk bar."""
    return format_html(
        '<input class="ck" type="checkbox" name="id" value="{}" form="{}" data-pick aria-label="{}">',
        pk,
        form,
        _("选择 %s") % name,
    )


@register.simple_tag
def pick_page() -> SafeString:
    """The box in a table's head that picks every row of the page; it needs JavaScript."""
    return format_html('<input class="ck jsonly" type="checkbox" data-pick-page aria-label="{}">', _("全选本页"))


@register.filter
def grouped(value: int | str) -> str:
    """1286 -> 1,286; words stay as they are."""
    return value if isinstance(value, str) else f"{value:,}"


def _two_decimals(ratio: Fraction) -> str:
    exact = Decimal(ratio.numerator) * 100 / Decimal(ratio.denominator)
    return f"{exact.quantize(Decimal('0.01'), ROUND_HALF_UP)}%"


@register.filter
def percent(value: float | Decimal | Fraction | None) -> str:
    """A fraction of one with two decimals: 59/60 -> 98.33%; None -> —."""
    return "—" if value is None else _two_decimals(Fraction(value))


@register.filter
def rate(pair: Iterable[int] | None, empty: str = "—") -> str:
    """(59, 60) -> 98.33%(59/60). With nothing to count, the word given instead: {{ pair|rate:"无问题" }}."""
    part, whole = pair or (0, 0)
    return f"{_two_decimals(Fraction(part, whole))}({part}/{whole})" if whole else str(empty)


@register.filter
def when(value: date | datetime | None) -> str:
    """今天 09:42, 昨天, 11-20, 2025-11-20: as near as the reader needs it."""
    if value is None:
        return "—"
    clock = ""
    if isinstance(value, datetime):
        value = value.astimezone(timezone.get_current_timezone()) if timezone.is_aware(value) else value
        clock = f" {value:%H:%M}"
        value = value.date()
    today = timezone.localdate()
    near = {-1: _("昨天"), 0: _("今天"), 1: _("明天")}.get((value - today) // timedelta(days=1))
    if near:
        return f"{near}{clock}"
    return f"{value:%m-%d}" if value.year == today.year else f"{value:%Y-%m-%d}"


@register.filter
def masked(value: object) -> str:
    """A phone number with its middle hidden."""
    digits = str(value or "")
    if not digits:
        return "—"
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 8 else f"****{digits[-2:]}"


@register.filter
def percentage_of(done: int, total: int) -> int:
    """Whole per cent for a progress bar, 100 only when everything is done."""
    return done * 100 // total if total else 0


@register.inclusion_tag("components/why.html")
def why(explanation: Explanation | None) -> dict[str, object]:
    """为什么是这天, folded beside a due day; nothing where nothing is due."""
    return {"lines": explanation.lines() if explanation else [], "day": explanation.day if explanation else ""}


@register.simple_tag
def why_link(url: str, day: object) -> SafeString:
    """The small way from a due day in a table to its explanation."""
    text = _("为什么是%s") % (f"{day:%m-%d}" if isinstance(day, date) else day)
    return format_html('<a class="whyday" href="{0}" aria-label="{1}" title="{1}">{2}</a>', url, text, icon("help"))


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, mark: str | None = None) -> dict[str, object]:
    """A labelled field with its help and error beside it; the ids are Django's own, so aria-describedby fits.

    `mark` stands behind the label; unless one is given, a field that may stay empty is marked as such.
    """
    widget = bound.field.widget
    choices = isinstance(widget, forms.RadioSelect)
    return {
        "field": bound,
        "control": "" if choices else bound.as_widget(attrs={"class": _widget_class(widget)}),
        "choices": bound.subwidgets if choices else [],
        "parts": isinstance(widget, forms.MultiWidget),
        "check": isinstance(widget, forms.CheckboxInput),
        "secret": isinstance(widget, forms.PasswordInput),
        "optional": mark if mark is not None else "" if bound.field.required else _("选填"),
    }


def _widget_class(widget: forms.Widget) -> str:
    own = widget.attrs.get("class", "")
    if isinstance(widget, forms.CheckboxInput):
        return f"ck {own}".strip()
    is_select = isinstance(widget, forms.Select | forms.MultiWidget)
    base = "in sel" if is_select else "in"
    return f"{base} {own}".strip()


@register.inclusion_tag("components/errors.html")
def error_summary(form: forms.BaseForm) -> dict[str, object]:
    """What is wrong with a form, each line leading to its field."""
    lines = [("", "", str(text)) for text in form.non_field_errors()]
    for bound in form:
        target = bound.id_for_label or f"{bound.auto_id}_0"
        lines += [("" if bound.is_hidden else f"#{target}", str(bound.label), str(text)) for text in bound.errors]
    return {"lines": lines}


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: Context, page: Page[Any], unit: str = "") -> dict[str, object]:
    """Which rows are shown, and the way to the others; the rest of the query string stays."""
    query = context["request"].GET.copy()

    def link(number: int | None) -> str:
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "page": page,
        "unit": unit or _("条"),
        "links": [(number, link(number) if isinstance(number, int) else "") for number in numbers],
        "previous": link(page.number - 1) if page.has_previous() else "",
        "next": link(page.number + 1) if page.has_next() else "",
    }


def _draw(context: Context, name: str, values: dict[str, object]) -> SafeString:
    """Renders a wrapper as an inclusion tag would: own names, the page's CSRF token, no context processors."""
    inner = context.new({**values, "csrf_token": context.get("csrf_token"), "request": context.get("request")})
    return context.template.engine.get_template(f"components/{name}.html").render(inner)  # type: ignore[union-attr]


@register.simple_block_tag(takes_context=True)
def table(context: Context, content: str, *, caption: str, compact: bool = False) -> SafeString:
    """{% table caption="…" %}<thead>…<tbody>…{% endtable %}: scrolls in its own box, has a name."""
    return _draw(context, "table", {"content": content, "caption": caption, "compact": compact})


@register.simple_block_tag(takes_context=True)
def filters(context: Context, content: str, *, target: str, found: str = "") -> SafeString:
    """{% filters target="#list" found="共 12 家" %}fields{% endfilters %}: a GET form that sends itself."""
    return _draw(context, "filters", {"content": content, "target": target, "found": found})


@register.simple_block_tag(takes_context=True)
def bulk(context: Context, content: str, *, total: int = 0, unit: str = "", form: str = "bulk") -> SafeString:
    """{% bulk total=1286 unit="家" %}buttons{% endbulk %}: posts `id` of the picked rows, or every=1 for all."""
    return _draw(context, "bulk", {"content": content, "total": total, "unit": unit or _("条"), "form": form})


@register.simple_block_tag(takes_context=True)
def blk(context: Context, content: str, title: str = "", *, note: str = "", html_id: str = "") -> SafeString:
    """{% blk "督导方式" note="2 项" %}…{% endblk %}: one white block of a phone page."""
    return _draw(context, "blk", {"content": content, "title": title, "note": note, "html_id": html_id})
