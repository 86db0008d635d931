"""`check`: every fault of a plan file at once, in Chinese, with its line and its key.

Three sieves: the text (YAML), the shape (schema), the sense (consistency of the plan laid over what it inherits).
Only the first stops the others: what could not be read is left out, and the rest is still judged.
"""

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any, get_args, get_origin

from pydantic import JsonValue, ValidationError
from pydantic_core import ErrorDetails

from tenancy.plans.conditions import Leaf
from tenancy.plans.consistency import inconsistencies
from tenancy.plans.document import PlanDocument
from tenancy.plans.labels import way
from tenancy.plans.reading import NATIONAL, PlanFile, shipped_plan
from tenancy.plans.resolution import PlanLayer, merge
from tenancy.plans.yamltext import BadYaml, Path, Reading, read_yaml

SENTENCES = {
    "extra_forbidden": "没有“{last}”这个键，请核对写法",
    "missing": "缺少“{last}”，请补上",
    "literal_error": "“{input}”不在可选范围内，只能写：{expected}",
    "enum": "“{input}”不在可选范围内，只能写：{expected}",
    "int_type": "“{input}”不是整数",
    "int_parsing": "“{input}”不是整数",
    "int_from_float": "“{input}”不是整数",
    "float_type": "“{input}”不是数",
    "float_parsing": "“{input}”不是数",
    "bool_parsing": "“{input}”只能写 true 或 false",
    "bool_type": "“{input}”只能写 true 或 false",
    "string_type": "“{input}”要写成文字，数字请加引号",
    "string_too_short": "不能为空",
    "string_too_long": "文字太长，最多 {max_length} 字",
    "too_long": "这里有 {actual_length} 项，最多 {max_length} 项",
    "string_pattern_mismatch": "“{input}”的写法不对，须符合 {pattern}",
    "greater_than_equal": "“{input}”太小，不能小于 {ge}",
    "less_than_equal": "“{input}”太大，不能大于 {le}",
    "tuple_type": "这里要写成列表（每项一行，以“- ”开头）",
    "dict_type": "这里要写成“键: 值”的形式",
    "model_type": "这里要写成“键: 值”的形式",
    "date_from_datetime_parsing": "“{input}”不是日期，请写成 2026-11-22",
}
INHERITED_SHOWN = 2
RANKING_FORBIDDEN = "“person” 不能用：不得对个人晒排名（《关于防治“指尖上的形式主义”的若干意见》），只能写 off 或 unit"


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a plan file."""

    line: int | None
    key: str
    message: str

    @property
    def named(self) -> str:
        """The key as the schema calls it, step by step; empty where there is none."""
        return way(self.key)

    @property
    def told(self) -> str:
        """The whole sentence with the key in words beside the key itself."""
        key = f"{self.key}（{self.named}）" if self.named else self.key
        return str(replace(self, key=key))

    def __str__(self) -> str:
        where = f"第 {self.line} 行" if self.line else "全文"
        return f"{where} {self.key}：{self.message}" if self.key else f"{where}：{self.message}"


def check(raw: bytes | str, inherited: Sequence[PlanLayer] | None = None) -> list[Problem]:
    """Every fault of the file; `inherited` are the layers it will lie on, the national default unless given."""
    try:
        reading = read_yaml(raw)
    except BadYaml as error:
        return [Problem(line, _dotted(path), sentence) for line, path, sentence in error.faults]
    if not isinstance(reading.data, dict):
        return [Problem(1, "", "方案文件要分 header、values、clauses 三部分")]
    below = [shipped_plan(NATIONAL).layer()] if inherited is None else list(inherited)
    values, clauses = reading.data.get("values"), reading.data.get("clauses")
    problems = _file_faults(reading)
    if values is None or isinstance(values, dict):
        problems += _values_faults(values or {}, below, reading)
    if isinstance(clauses, dict):
        problems += _clause_faults(clauses, reading)
    return sorted(problems, key=lambda problem: problem.line or 0)


def gaps(values: Mapping[str, JsonValue], below: Sequence[PlanLayer]) -> list[Problem]:
    """What nobody writes though it cannot be missing, once the values lie on the layers below."""
    try:
        PlanDocument.model_validate(merge([*(layer.values for layer in below), values])[0])
    except ValidationError as error:
        return [Problem(None, _dotted(("values", *each["loc"])), _sentence(each)) for each in error.errors()]
    return []


def _file_faults(reading: Reading) -> list[Problem]:
    try:
        PlanFile.model_validate(reading.data)
    except ValidationError as error:
        return [_problem(detail, (), reading) for detail in error.errors()]
    return []


def _values_faults(values: dict[str, JsonValue], below: Sequence[PlanLayer], reading: Reading) -> list[Problem]:
    """Faults of shape, and the faults of sense of all that could be read in spite of them."""
    merged = deepcopy(merge([*(layer.values for layer in below), values])[0])
    problems: list[Problem] = []
    unreadable: set[str] = set()
    doc = None
    while doc is None:
        try:
            doc = PlanDocument.model_validate(merged)
        except ValidationError as error:
            details = error.errors()
            problems += [_problem(detail, ("values",), reading) for detail in details]
            for detail in details:
                _leave_out(detail, merged, unreadable)
    inherited: dict[str, list[tuple[Path, str]]] = {}
    for path, text in inconsistencies(doc, unreadable):
        if path[0] in values:
            problems.append(Problem(reading.line_of(("values", *path)), _dotted(("values", *path)), text))
        else:
            inherited.setdefault(str(path[0]), []).append((path, text))
    return problems + [_inherited_fault(key, faults) for key, faults in inherited.items()]


def _inherited_fault(key: str, faults: Sequence[tuple[Path, str]]) -> Problem:
    """One line for each key that no longer fits what lies on it, however many of its items do not."""
    texts = list(dict.fromkeys(text for _path, text in faults))
    path = faults[0][0] if len(faults) == 1 else (key,)
    more = f"……共 {len(faults)} 处" if len(faults) > 1 else ""
    return Problem(
        None,
        _dotted(("values", *path)),
        f"{'；'.join(texts[:INHERITED_SHOWN])}{more}（这一项沿用自上级方案，请在本方案里重写）",
    )


def _leave_out(detail: ErrorDetails, merged: dict[str, object], unreadable: set[str]) -> None:
    """Takes out what could not be read: an unknown key alone, anything else with its whole top key."""
    top, *way = detail["loc"]
    if detail["type"] == "extra_forbidden" and way:
        node: object = merged.get(str(top))
        for step in way[:-1]:
            node = _inside(node, step)
        if isinstance(node, dict) and node.pop(way[-1], detail) is not detail:
            return
    merged.pop(str(top), None)
    if top in PlanDocument.model_fields:
        unreadable.add(str(top))


def _inside(node: object, step: str | int) -> object:
    if isinstance(node, dict):
        return node.get(step)
    return node[step] if isinstance(node, list) and isinstance(step, int) else None


def _clause_faults(clauses: dict[str, JsonValue], reading: Reading) -> list[Problem]:
    return [
        Problem(reading.line_of(("clauses", key)), f"clauses.{key}", f"条款对照里的“{key}”不是方案的键")
        for key in clauses
        if not _is_a_key(key)
    ]


def _is_a_key(dotted: str) -> bool:
    node: Any = PlanDocument
    for part in dotted.split("."):
        if isinstance(node, type) and issubclass(node, Leaf) and part in node.model_fields:
            node = node.model_fields[part].annotation
        elif get_origin(node) is dict:
            node = get_args(node)[1]
        else:
            return False
    return True


def _problem(detail: ErrorDetails, prefix: Path, reading: Reading) -> Problem:
    path = (*prefix, *(part for part in detail["loc"] if part != "[key]"))
    return Problem(reading.line_of(path), _dotted(path), _sentence(detail))


def _sentence(detail: ErrorDetails) -> str:
    if detail["loc"] == ("performance_board",) and detail["input"] == "person":
        return RANKING_FORBIDDEN
    context = {key: str(value) for key, value in detail.get("ctx", {}).items()}
    if detail["type"] == "value_error":
        return context["error"]
    if "expected" in context:
        context["expected"] = "、".join(re.findall(r"'([^']*)'", context["expected"]))
    last = detail["loc"][-1] if detail["loc"] else ""
    template = SENTENCES.get(detail["type"], "写法不对：{input}")
    return template.format(last=last, input=str(detail["input"])[:40], **context)


def _dotted(path: Path) -> str:
    return ".".join(str(part) for part in path)
