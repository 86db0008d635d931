"""`check`: every fault of a plan file at once, in Chinese, with its line and its key.

Three sieves in a row, each needing the one before: the text (YAML), the shape (schema), the sense (consistency of
the plan laid over what it inherits).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import JsonValue, ValidationError
from pydantic_core import ErrorDetails

from tenancy.plans.consistency import inconsistencies
from tenancy.plans.document import PlanDocument
from tenancy.plans.reading import NATIONAL, PlanFile, shipped_plan
from tenancy.plans.resolution import PlanLayer, merge, without_nulls
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
    "string_pattern_mismatch": "“{input}”的写法不对，须符合 {pattern}",
    "greater_than_equal": "“{input}”太小，不能小于 {ge}",
    "less_than_equal": "“{input}”太大，不能大于 {le}",
    "tuple_type": "这里要写成列表（每项一行，以“- ”开头）",
    "dict_type": "这里要写成“键: 值”的形式",
    "model_type": "这里要写成“键: 值”的形式",
    "date_from_datetime_parsing": "“{input}”不是日期，请写成 2026-11-22",
    "date_parsing": "“{input}”不是日期，请写成 2026-11-22",
}
RANKING_FORBIDDEN = "“person” 不能用：不得对个人晒排名（《关于防治“指尖上的形式主义”的若干意见》），只能写 off 或 unit"


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a plan file."""

    line: int | None
    key: str
    message: str

    def __str__(self) -> str:
        where = f"第 {self.line} 行" if self.line else "全文"
        return f"{where} {self.key}：{self.message}" if self.key else f"{where}：{self.message}"


def check(raw: bytes | str, inherited: Sequence[PlanLayer] | None = None) -> list[Problem]:
    """Every fault of the file; `inherited` are the layers it will lie on, the national default unless given."""
    try:
        reading = read_yaml(raw)
    except BadYaml as error:
        return [Problem(line, _dotted(path), sentence) for line, path, sentence in error.faults]
    problems = _shape(reading)
    if problems:
        return problems
    below = [shipped_plan(NATIONAL).layer()] if inherited is None else list(inherited)
    return _sense(PlanFile.model_validate(reading.data), below, reading)


def _shape(reading: Reading) -> list[Problem]:
    if not isinstance(reading.data, dict):
        return [Problem(1, "", "方案文件要分 header、values、clauses 三部分")]
    problems: list[Problem] = []
    try:
        PlanFile.model_validate(reading.data)
    except ValidationError as error:
        problems += [_problem(detail, (), reading) for detail in error.errors()]
    values = reading.data.get("values")
    if isinstance(values, dict):
        problems += _values_shape(values, reading)
    return sorted(problems, key=lambda problem: problem.line or 0)


def _values_shape(values: dict[str, JsonValue], reading: Reading) -> list[Problem]:
    try:
        PlanDocument.model_validate(without_nulls(values))
    except ValidationError as error:
        return [_problem(detail, ("values",), reading) for detail in error.errors()]
    return []


def _sense(plan: PlanFile, below: Sequence[PlanLayer], reading: Reading) -> list[Problem]:
    merged, _ = merge([*(layer.values for layer in below), plan.values])
    faults: list[tuple[Path, str]] = [
        (("clauses", key), f"条款对照里的“{key}”不是方案的键")
        for key in plan.clauses
        if key.split(".")[0] not in PlanDocument.model_fields
    ]
    faults += [(("values", *path), text) for path, text in inconsistencies(PlanDocument.model_validate(merged))]
    problems = [
        Problem(reading.line_of(path) if _written(path, plan) else None, _dotted(path), text) for path, text in faults
    ]
    return sorted(problems, key=lambda problem: problem.line or 0)


def _written(path: Path, plan: PlanFile) -> bool:
    return path[0] == "clauses" or (len(path) > 1 and path[1] in plan.values)


def _problem(detail: ErrorDetails, prefix: Path, reading: Reading) -> Problem:
    path = (*prefix, *detail["loc"])
    return Problem(reading.line_of(path), _dotted(path), _sentence(detail))


def _sentence(detail: ErrorDetails) -> str:
    if detail["loc"] == ("performance_board",) and detail["input"] == "person":
        return RANKING_FORBIDDEN
    context = {key: str(value).replace(" or ", "、") for key, value in detail.get("ctx", {}).items()}
    if detail["type"] == "value_error":
        return context["error"]
    last = detail["loc"][-1] if detail["loc"] else ""
    template = SENTENCES.get(detail["type"], "写法不对：{input}")
    return template.format(last=last, input=str(detail["input"])[:40], **context)


def _dotted(path: Path) -> str:
    return ".".join(str(part) for part in path)
