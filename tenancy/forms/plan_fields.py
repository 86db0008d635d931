"""One field of a plan as a form field: how its value is shown, and what a value that came back is in the plan."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tenancy.plans.differences import ABSENT
from tenancy.plans.fields import Kind, Node
from tenancy.plans.labels import NO, UNSET, YES

# A text as long as this is written in several lines.
LONG = 40
# How many places an ordered choice offers at least.
PLACES = 3
CLOCK_TIME = r"^\d{2}:\d{2}$"
Names = Mapping[str, str]


class TextField(forms.CharField):
    """One text; line ends of a browser are no change."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(initial) != self.to_python(data)


class WordsField(forms.CharField):
    """Short texts or numbers, one a line."""

    widget = forms.Textarea

    def __init__(self, *, of: Node, **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)
        self.of = of

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(str(each) for each in value) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> Any:
        lines = value if isinstance(value, list | tuple) else str(value or "").splitlines()
        return [text for line in lines if (text := str(line).strip())]

    def validate(self, value: Any) -> None:
        super().validate("\n".join(value))
        most, pattern = self.of.bounds.get("maxLength"), self.of.bounds.get("pattern")
        for number, line in enumerate(value, start=1):
            if most and len(line) > most:
                raise forms.ValidationError(
                    _("第 %(n)d 行太长，最多 %(most)d 字。"), params={"n": number, "most": most}
                )
            if pattern and not re.search(pattern, line):
                raise forms.ValidationError(
                    _("第 %(n)d 行“%(line)s”写法不对。%(help)s"),
                    params={"n": number, "line": line, "help": self.of.help},
                )

    def run_validators(self, value: Any) -> None:
        """Each line was looked at by itself."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(initial) != self.to_python(data))


class OrderedField(forms.MultiValueField):
    """Several choices of which the first comes first: one list for each place."""

    def __init__(self, *, choices: list[tuple[str, str]], places: int, label: str, **kwargs: Any) -> None:
        offered = [("", "—"), *choices]
        parts = [forms.ChoiceField(choices=offered, required=False) for _place in range(places)]
        selects = [
            forms.Select(choices=offered, attrs={"aria-label": _("%(label)s，第 %(n)d") % {"label": label, "n": place}})
            for place in range(1, places + 1)
        ]
        super().__init__(parts, widget=_Places(selects), require_all_fields=False, label=label, **kwargs)

    def compress(self, data_list: list[Any]) -> list[str]:
        return list(dict.fromkeys(each for each in data_list if each))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return list(initial or ()) != [each for each in data or () if each]


class _Places(forms.MultiWidget):
    def decompress(self, value: Any) -> list[Any]:
        return list(value or ())


class Suggested(forms.TextInput):
    """A line of text with the names the plan knows offered beside it."""

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        self.names = names

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        listed = f"{(attrs or {}).get('id', name)}-names"
        box = super().render(name, value, {**(attrs or {}), "list": listed}, renderer)
        options = format_html_join("", '<option value="{}"></option>', ((each,) for each in self.names))
        return format_html('{}<datalist id="{}">{}</datalist>', box, listed, options)


def field_for(node: Node, raw: Any, names: Names, *, required: bool) -> forms.Field:
    """The form field of a leaf that holds `raw`; `names` are those of the items it may point at, by their code."""
    shared: dict[str, Any] = {
        "label": node.title,
        "help_text": _helped(node),
        "required": required,
        "initial": shown(node, raw, names),
        "error_messages": _sentences(node.kind),
    }
    return _FIELDS[node.kind](node, raw, names, shared)


def shown(node: Node, raw: Any, names: Names) -> Any:
    """A value as its field shows it."""
    if raw is ABSENT or raw is None:
        raw = node.default
    if node.kind is Kind.YES_NO and node.nullable:
        return "" if raw is None else str(raw).lower()
    if node.kind is Kind.CHOICES:
        return [str(each) for each in ([raw] if isinstance(raw, str | int) else raw or ())]
    if node.kind is Kind.DATE:
        return date.fromisoformat(str(raw)) if raw else None
    if node.kind is Kind.NUMBER and isinstance(raw, float) and raw.is_integer():
        return int(raw)
    return names.get(raw, raw) if node.is_open and isinstance(raw, str) else raw


def kept(node: Node, cleaned: Any, raw: Any, names: Names) -> Any:
    """A value that came back as the plan writes it; ABSENT for none."""
    if cleaned in (None, "", []):
        return ABSENT
    if node.kind is Kind.YES_NO:
        return cleaned in (True, "true")
    if isinstance(cleaned, date):
        return cleaned.isoformat()
    if node.is_open:
        return next((code for code, name in names.items() if name == cleaned), cleaned)
    if node.kind is Kind.WORDS and node.bounds.get("type") == "integer":
        return [int(each) for each in cleaned]
    return _chosen(node, cleaned, shown(node, raw, names)) if node.kind is Kind.CHOICES else cleaned


def _chosen(node: Node, cleaned: list[str], before: list[str]) -> Any:
    whole = {str(value): value for value, _word in node.choices}
    # Ticks have no order of their own: what was there keeps its place.
    told = cleaned if node.ordered else sorted(cleaned, key=(before + cleaned).index)
    values = [whole.get(each, each) for each in told]
    return values if node.many or len(values) > 1 else values[0]


def _sentences(kind: Kind) -> dict[str, str]:
    what = {Kind.WHOLE: _("整数"), Kind.NUMBER: _("数字"), Kind.DATE: _("日期")}.get(kind, "")
    found = {
        "required": _("请填写。"),
        "min_value": _("不能小于 %(limit_value)s。"),
        "max_value": _("不能大于 %(limit_value)s。"),
        "max_length": _("文字太长，最多 %(limit_value)d 字。"),
    }
    return found | ({"invalid": _("请填%s。") % what} if what else {})


def _helped(node: Node) -> str:
    """The description of the schema, and how a text of fixed shape is written."""
    example = _("例如 %s。") % _("、").join(node.bounds["examples"]) if node.bounds.get("examples") else ""
    lines = _("每行一项。") if node.kind is Kind.WORDS else ""
    return f"{node.help}{lines}{example}"


def _text(node: Node, raw: Any, names: Names, shared: dict[str, Any]) -> forms.Field:
    pattern, value = node.bounds.get("pattern"), shared["initial"] or ""
    widget: forms.Widget = forms.TextInput()
    if pattern == CLOCK_TIME:
        widget = forms.TextInput(attrs={"type": "time"})
    elif node.is_open:
        widget = Suggested(list(names.values()))
    elif len(value) > LONG or "\n" in value:
        widget = forms.Textarea(attrs={"rows": min(8, len(value) // LONG + 1 + value.count("\n"))})
    # Django puts the value into the message, so a per cent sign of the schema is written twice.
    message = _("写法不对。%s") % shared["help_text"].replace("%", "%%")
    checks = [RegexValidator(pattern, message, code="pattern")] if pattern else []
    return TextField(**shared, max_length=node.bounds.get("maxLength"), validators=checks, widget=widget)


def _whole(node: Node, raw: Any, names: Names, shared: dict[str, Any]) -> forms.Field:
    return forms.IntegerField(**shared, min_value=node.bounds.get("minimum"), max_value=node.bounds.get("maximum"))


def _number(node: Node, raw: Any, names: Names, shared: dict[str, Any]) -> forms.Field:
    least, most = node.bounds.get("minimum"), node.bounds.get("maximum")
    return forms.FloatField(**shared, min_value=least, max_value=most, widget=forms.NumberInput(attrs={"step": "any"}))


def _yes_no(node: Node, raw: Any, names: Names, shared: dict[str, Any]) -> forms.Field:
    if node.nullable:
        return forms.ChoiceField(**shared, choices=[("", UNSET), ("true", YES), ("false", NO)])
    return forms.BooleanField(**shared | {"required": False})


def _date(node: Node, raw: Any, names: Names, shared: dict[str, Any]) -> forms.Field:
    return forms.DateField(**shared, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


def _choice(node: Node, raw: Any, names: Names, shared: dict[str, Any]) -> forms.Field:
    offered = _offered(node, [raw] if isinstance(raw, str) else [], names)
    if not node.default:
        offered.insert(0, ("", UNSET if not shared["required"] else _("请选择")))
    return forms.ChoiceField(**shared, choices=offered)


def _choices(node: Node, raw: Any, names: Names, shared: dict[str, Any]) -> forms.Field:
    offered = _offered(node, shared["initial"], names)
    if node.ordered:
        places = min(len(offered), max(PLACES, len(shared["initial"])))
        return OrderedField(**shared, choices=offered, places=places)
    return forms.MultipleChoiceField(**shared, choices=offered, widget=forms.CheckboxSelectMultiple)


def _words(node: Node, raw: Any, names: Names, shared: dict[str, Any]) -> forms.Field:
    rows = min(12, max(3, len(shared["initial"] or ()) + 1))
    return WordsField(of=node, **shared, widget=forms.Textarea(attrs={"rows": rows}))


def _offered(node: Node, standing: list[Any], names: Names) -> list[tuple[str, str]]:
    """What may be chosen: the plan's own items, the closed words, and whatever stands there though nothing bears it."""
    known = dict(names) | {str(value): word for value, word in node.choices}
    stray = {each: _("%s（方案里没有这个代码）") % each for each in map(str, standing) if each and each not in known}
    return [*known.items(), *stray.items()]


_FIELDS: dict[Kind, Callable[[Node, Any, Names, dict[str, Any]], forms.Field]] = {
    Kind.TEXT: _text,
    Kind.WHOLE: _whole,
    Kind.NUMBER: _number,
    Kind.YES_NO: _yes_no,
    Kind.DATE: _date,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.WORDS: _words,
}
