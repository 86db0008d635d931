"""Reading YAML that a person typed, without trusting it: plain data plus the line each key stands on.

Only true/false, null and plain numbers are special words (`off` stays a word, a date stays text). Aliases, tags,
repeated keys, deep nests and large files are refused before anything is built.
"""

import re
from dataclasses import dataclass, field
from typing import TypeAlias

import yaml
from pydantic import JsonValue

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
MAX_ITEMS = 500
# A NUL and half a pair of surrogates can be written in quotes, but no database keeps them.
UNKEPT = re.compile("[\0\ud800-\udfff]")
UNKEPT_SENTENCE = "这里有不能保存的字符（空字符或残缺的字），请删去重新输入"

UNREADABLE = "读不下去：请核对这一行前后的缩进、冒号、引号和括号"

Path: TypeAlias = tuple[str | int, ...]
Fault: TypeAlias = tuple[int | None, Path, str]


class BadYaml(Exception):
    """The text cannot be read; carries every fault as (line, path, sentence)."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(sentence for _, _, sentence in faults))
        self.faults = faults


@dataclass(slots=True)
class Reading:
    """The data of a YAML text and where each of its keys stands."""

    data: JsonValue = None
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def line_of(self, path: Path) -> int | None:
        """The line of a key, or of the nearest enclosing one that is written."""
        for end in range(len(path), 0, -1):
            if (line := self.lines.get(path[:end])) is not None:
                return line
        return None


class _Forbidden(Exception):
    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(sentence)
        self.line = line
        self.sentence = sentence


class _Loader(yaml.SafeLoader):
    """Composes nodes only; knows four special scalars and no aliases."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        line = self.get_mark().line + 1
        if self.check_event(yaml.AliasEvent):
            raise _Forbidden(line, "方案里不能用 YAML 引用（& 与 *），请把内容写全")
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _Forbidden(line, f"嵌套超过 {MAX_DEPTH} 层，方案用不到这么深，请核对缩进和括号")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), [*"n~", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), [*"tf"])
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), [*"-0123456789"])
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^-?[0-9]+\.[0-9]+$"), [*"-0123456789"])


def read_yaml(raw: bytes | str) -> Reading:
    """The plain data of the text; raises BadYaml with every fault found."""
    text = _decoded(raw)
    try:
        node = yaml.compose(text, Loader=_Loader)
    except _Forbidden as error:
        raise BadYaml([(error.line, (), error.sentence)]) from error
    except yaml.MarkedYAMLError as error:
        raise BadYaml([_unreadable(error)]) from error
    except yaml.YAMLError as error:
        raise BadYaml([(None, (), "文件里有不能读的字符，请另存为 UTF-8 纯文本")]) from error
    if node is None:
        raise BadYaml([(None, (), "文件是空的")])
    reading = Reading()
    reading.data = _plain(node, (), reading)
    if reading.faults:
        raise BadYaml(reading.faults)
    return reading


def _unreadable(error: yaml.MarkedYAMLError) -> Fault:
    mark = error.problem_mark
    if mark is None:
        return None, (), UNREADABLE
    # A tab looks like spaces and is none; nobody finds it by looking.
    if mark.buffer is not None and mark.buffer[mark.pointer] == "\t":
        return mark.line + 1, (), "这一行有制表符（Tab），请改成空格"
    return mark.line + 1, (), UNREADABLE


def _decoded(raw: bytes | str) -> str:
    size = len(raw) if isinstance(raw, bytes) else len(raw.encode())
    if size > MAX_BYTES:
        raise BadYaml([(None, (), f"文件 {size} 字节，超过 {MAX_BYTES} 字节的上限")])
    if isinstance(raw, str):
        return raw
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadYaml([(None, (), "文件不是 UTF-8 编码，请另存为 UTF-8")]) from error


def _plain(node: yaml.Node, path: Path, reading: Reading) -> JsonValue:
    reading.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, reading)
    if isinstance(node, yaml.SequenceNode):
        if len(node.value) > MAX_ITEMS:
            reading.faults.append(
                (node.start_mark.line + 1, path, f"这里有 {len(node.value)} 项，一个列表最多 {MAX_ITEMS} 项")
            )
            return []
        return [_plain(child, (*path, index), reading) for index, child in enumerate(node.value)]
    return _scalar(node, path, reading)


def _mapping(node: yaml.MappingNode, path: Path, reading: Reading) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            reading.faults.append((line, path, "冒号前面的键只能是一个词，不能是列表或一组键"))
            continue
        key = str(key_node.value)
        here = (*path, key)
        if UNKEPT.search(key):
            reading.faults.append((line, path, UNKEPT_SENTENCE))
            continue
        if key in found:
            reading.faults.append((line, here, f"“{key}”写了两次（上一次在第 {reading.lines[here]} 行），请删去一处"))
        reading.lines[here] = line
        found[key] = _plain(value_node, here, reading)
    return found


def _scalar(node: yaml.Node, path: Path, reading: Reading) -> JsonValue:
    text = str(node.value)
    kind = node.tag.removeprefix("tag:yaml.org,2002:")
    if UNKEPT.search(text):
        reading.faults.append((node.start_mark.line + 1, path, UNKEPT_SENTENCE))
        return None
    if kind == "str":
        return text
    if kind == "null":
        return None
    if kind == "bool":
        return text == "true"
    if kind in {"int", "float"} and len(text) <= 15:
        return int(text) if kind == "int" else float(text)
    reading.faults.append((node.start_mark.line + 1, path, f"“{text[:40]}”不是方案里能用的写法；若是文字请加引号"))
    return None
