"""YAML text -> a tree of plain text with line numbers. Nothing is interpreted: `NO`, `010` and `4e6` stay text.

Refused: anchors and aliases, tags, repeated keys, a second document, keys that are no plain text, deep nesting.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from catalog.findings import Code, Finding, Location, shown
from catalog.reading_text import ReadText, unseen_characters

YAML_LIMIT_BYTES = 1024 * 1024
DEPTH_LIMIT = 12
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True)
class Scalar:
    """One value, as it was typed; None for null."""

    text: str | None
    line: int


@dataclass(frozen=True)
class Sequence:
    """A list."""

    items: tuple["Node", ...]
    line: int


@dataclass(frozen=True)
class Mapping:
    """Keys and values; `lines` says where each key stands."""

    entries: dict[str, "Node"]
    lines: dict[str, int]
    line: int


Node = Scalar | Sequence | Mapping


class _Refused(Exception):
    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


def read_yaml(source: ReadText, findings: list[Finding]) -> Mapping | None:
    """The document of a file, which must be one mapping; None, with findings, if it is not."""
    if _unseen_lines(source, findings):
        return None
    try:
        root = _Builder(source.name, findings).document(source.text)
    except _Refused as refused:
        findings.append(refused.finding)
        return None
    if isinstance(root, Mapping):
        return root
    where = Location(source.name, line=root.line)
    findings.append(Finding(Code.SHAPE, where, _named(root), "a mapping (key: value)", "see docs/inputs.md"))
    return None


def _named(node: Node) -> str:
    if isinstance(node, Scalar):
        return "nothing" if node.text is None else shown(node.text)
    return "a list" if isinstance(node, Sequence) else "a mapping"


def _unseen_lines(source: ReadText, findings: list[Finding]) -> bool:
    before = len(findings)
    for number, line in enumerate(source.text.split("\n"), start=1):
        if unseen := unseen_characters(line):
            place = Location(source.name, line=number)
            hint = f"retype the line; it holds {unseen}"
            findings.append(Finding(Code.CHARACTER, place, shown(line.strip()), "visible characters only", hint))
    return len(findings) > before


class _Builder:
    """Builds the tree from the parser's events, so that nothing is constructed and nothing expands."""

    def __init__(self, file: str, findings: list[Finding]) -> None:
        self._file = file
        self._findings = findings

    def document(self, text: str) -> Node:
        from ruamel.yaml import YAML
        from ruamel.yaml.error import MarkedYAMLError, YAMLError

        try:
            return self._only_document(self._checked(YAML(typ="safe", pure=True).parse(text)))
        except MarkedYAMLError as error:
            raise _Refused(self._syntax_finding(error)) from None
        except (YAMLError, RecursionError) as error:
            problem = str(error).splitlines()[0] if str(error) else "nesting without end"
            raise self._refusal(Code.SYNTAX, 1, problem, "YAML", "check the quotes, brackets and indentation") from None

    def _refusal(self, code: Code, line: int, found: str, expected: str, hint: str) -> _Refused:
        return _Refused(Finding(code, Location(self._file, line=line), found, expected, hint))

    def _syntax_finding(self, error: Any) -> Finding:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        problem = " ".join(str(error.problem or error.context or error).split())
        hint = "check the quotes, brackets and indentation there and above"
        if "\\t" in problem or "tab" in problem:
            column = mark.column + 1 if mark else 1
            problem, hint = f"a tab in column {column}", "indent with spaces; tabs are not allowed"
        return Finding(Code.SYNTAX, Location(self._file, line=line), problem, "YAML", hint)

    def _checked(self, events: Iterator[Any]) -> Iterator[Any]:
        """The events, refused at the first anchor, alias or tag."""
        from ruamel.yaml.events import AliasEvent

        for event in events:
            line = event.start_mark.line + 1
            if isinstance(event, AliasEvent) or getattr(event, "anchor", None) is not None:
                hint = "write the value out where it is needed, or in quotes if & or * is part of it"
                found = f"anchor or alias {shown(str(event.anchor))}"
                raise self._refusal(Code.ALIAS, line, found, "plain values", hint)
            if getattr(event, "tag", None) is not None:
                raise self._refusal(Code.TAG, line, f"tag {shown(str(event.tag))}", "plain values", "remove the tag")
            yield event

    def _only_document(self, events: Iterator[Any]) -> Node:
        from ruamel.yaml.events import DocumentStartEvent

        next(event for event in events if isinstance(event, DocumentStartEvent))
        root = self._node(next(events), events, depth=0, path="")
        second = next((event for event in events if isinstance(event, DocumentStartEvent)), None)
        if second is not None:
            line = second.start_mark.line + 1
            found = f"a second document that begins at line {line}"
            raise self._refusal(Code.TWO_DOCUMENTS, line, found, "one document", "keep one of them")
        return root

    def _node(self, event: Any, events: Iterator[Any], depth: int, path: str) -> Node:
        from ruamel.yaml.events import MappingStartEvent, ScalarEvent, SequenceEndEvent

        line = event.start_mark.line + 1
        if depth > DEPTH_LIMIT:
            raise self._refusal(Code.DEPTH, line, f"more than {DEPTH_LIMIT} levels", "fewer", "see docs/inputs.md")
        if isinstance(event, ScalarEvent):
            return Scalar(None if event.style is None and event.value in _NULLS else event.value, line)
        if isinstance(event, MappingStartEvent):
            return self._mapping(line, events, depth, path)
        items: list[Node] = []
        while not isinstance(item := next(events), SequenceEndEvent):
            items.append(self._node(item, events, depth + 1, f"{path}[{len(items)}]"))
        return Sequence(tuple(items), line)

    def _mapping(self, line: int, events: Iterator[Any], depth: int, path: str) -> Mapping:
        from ruamel.yaml.events import MappingEndEvent, ScalarEvent

        entries: dict[str, Node] = {}
        lines: dict[str, int] = {}
        while not isinstance(key := next(events), MappingEndEvent):
            key_line = key.start_mark.line + 1
            if not isinstance(key, ScalarEvent):
                found = "a key that is a list or mapping"
                raise self._refusal(Code.SHAPE, key_line, found, "a plain key", "write key: value")
            key_path = f"{path}.{key.value}" if path else key.value
            value = self._node(next(events), events, depth + 1, key_path)
            if key.value in entries:
                where = Location(self._file, line=key_line, key_path=key_path)
                found = f"{shown(key.value)} again; the first is in line {lines[key.value]}"
                hint = "delete the one that is not meant"
                self._findings.append(Finding(Code.REPEATED_KEY, where, found, "every key once", hint))
            else:
                entries[key.value], lines[key.value] = value, key_line
        return Mapping(entries, lines, line)
