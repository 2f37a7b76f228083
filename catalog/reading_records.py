"""Rows of cells and YAML trees -> records, field by field; every refusal says which field and why."""

from collections.abc import Callable
from collections.abc import Mapping as AnyMapping
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import ValidationError

from catalog.findings import Code, Finding, Location, did_you_mean, shown
from catalog.reading_csv import RawRow
from catalog.reading_fields import NAMES, Field, Kind, Shape, fields_of
from catalog.reading_values import Unfit, parse_value
from catalog.reading_yaml import Mapping, Node, Scalar, Sequence
from catalog.records import Record

R = TypeVar("R", bound=Record)
Given = AnyMapping[str, Any]
"""Values of fields that do not stand in the row but follow from it."""
NOTHING_GIVEN: Given = MappingProxyType({})


def record_of_row(
    row: RawRow, record: type[R], subject: str, findings: list[Finding], given: Given = NOTHING_GIVEN
) -> R | None:
    """The record that a row states; None, with findings, if it does not. Blank cells take the default."""
    before = len(findings)
    values: dict[str, Any] = dict(given)
    for name, field in fields_of(record).items():
        text = row.cells.get(name, "")
        if name in given:
            continue
        try:
            if text:
                values[name] = parse_value(text, field.shape)
            elif field.required:
                findings.append(_blank_cell(row, field, subject))
        except Unfit as unfit:
            findings.append(_unfit(unfit, text, row.at(name, subject)))
    if len(findings) > before:
        return None
    return _built(record, values, lambda: row.at(None, subject), findings)


def _unfit(unfit: Unfit, text: str, where: Location) -> Finding:
    return Finding(unfit.code, where, unfit.found or shown(text), unfit.expected, unfit.hint)


def _blank_cell(row: RawRow, field: Field, subject: str) -> Finding:
    if field.name in row.cells:
        return _blank(field, row.at(field.name, subject))
    hint = f"add the column; {subject or 'this row'} needs it"
    return Finding(Code.BLANK, row.at(field.name, subject), "no such column", _words(field.shape), hint)


def _blank(field: Field, where: Location) -> Finding:
    return Finding(Code.BLANK, where, "nothing", _words(field.shape), "fill it in; it has no default")


def _words(shape: Shape) -> str:
    """What a value of this shape is, in words."""
    if shape.kind is Kind.CHOICE:
        return f"one of: {', '.join(map(str, shape.choices))}"
    article = "an" if shape.kind in (Kind.ID, Kind.DECIMAL) else "a"
    return " ".join(part for part in (article, shape.kind.value, str(shape.bounds)) if part)


def _built(
    record: type[R], values: AnyMapping[str, Any], where: Callable[[], Location], findings: list[Finding]
) -> R | None:
    """The record of values that each fit; what they contradict together becomes a finding."""
    try:
        return record.model_validate(values)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            message = detail["msg"].removeprefix("Value error, ")
            found = ", ".join(f"{name} {value}" for name, value in values.items() if name in message)
            expected = "values that agree with each other"
            findings.append(Finding(Code.CONTRADICTION, where(), found or "a contradiction", expected, message))
        return None


class TreeReader:
    """Reads records from a YAML tree; remembers the line of every key path and every record that was whole."""

    def __init__(self, file: str, findings: list[Finding]) -> None:
        self._file = file
        self._findings = findings
        self.lines: dict[str, int] = {}
        """Line by key path."""
        self.whole: dict[str, Record] = {}
        """Records by key path, also of documents that as a whole are refused."""
        self.values: dict[str, Any] = {}
        """Values of single keys and lists by key path, as far as they fit."""

    def where(self, path: str) -> Location:
        """The place of a key path, or of the nearest that stands around it."""
        known = path
        while known not in self.lines and known:
            known = known.rpartition("." if "." in known else "[")[0]
        return Location(self._file, line=self.lines.get(known, 1), key_path=path or None)

    def record(self, node: Node, record: type[R], path: str = "") -> R | None:
        """The record that a mapping states; None, with findings, if it does not."""
        if not isinstance(node, Mapping):
            self._refuse_shape(node, path, "a mapping (key: value)")
            return None
        before = len(self._findings)
        values: dict[str, Any] = {}
        fields = fields_of(record)
        self._refuse_unknown_keys(node, list(fields), path)
        for name, field in fields.items():
            self._field_into(values, node, field, f"{path}.{name}" if path else name)
        if len(self._findings) > before:
            return None
        built = _built(record, values, lambda: self.where(path), self._findings)
        if built is not None:
            self.whole[path] = built
        return built

    def _refuse_unknown_keys(self, node: Mapping, known: list[str], path: str) -> None:
        for key in node.entries:
            self.lines[f"{path}.{key}" if path else key] = node.lines[key]
            if key not in known:
                hint = did_you_mean(key, [name for name in known if name not in node.entries])
                where = Location(self._file, line=node.lines[key], key_path=f"{path}.{key}" if path else key)
                self._findings.append(Finding(Code.UNKNOWN_KEY, where, shown(key), "a key that exists there", hint))

    def _field_into(self, values: dict[str, Any], node: Mapping, field: Field, path: str) -> None:
        value = node.entries.get(field.name)
        if value is None:
            if field.required:
                hint = "add the key; it has no default"
                self._findings.append(Finding(Code.MISSING_KEY, self.where(path), "nothing", _words(field.shape), hint))
        elif isinstance(value, Scalar) and value.text is None:
            if field.required:
                self._findings.append(_blank(field, self.where(path)))
        else:
            self._value_into(values, field, value, path)

    def _value_into(self, values: dict[str, Any], field: Field, node: Node, path: str) -> None:
        before = len(self._findings)
        read = self._items if field.shape.kind is Kind.LIST else self._one
        value = read(node, field.shape, path)
        if len(self._findings) == before:
            values[field.name] = self.values[path] = value

    def _items(self, node: Node, shape: Shape, path: str) -> tuple[Any, ...]:
        if not isinstance(node, Sequence):
            self._refuse_shape(node, path, "a list (- item)")
            return ()
        assert shape.item is not None
        items = []
        for number, item in enumerate(node.items):
            self.lines[f"{path}[{number}]"] = item.line
            items.append(self._one(item, shape.item, f"{path}[{number}]"))
        if shape.item.kind in NAMES:
            self._refuse_repeated(items, path)
        return tuple(items)

    def _refuse_repeated(self, items: list[Any], path: str) -> None:
        for number, item in enumerate(items):
            if item is not None and items.index(item) < number:
                where = self.where(f"{path}[{number}]")
                hint = "delete one of them"
                self._findings.append(Finding(Code.REPEATED, where, shown(str(item)), "every item once", hint))

    def _one(self, node: Node, shape: Shape, path: str) -> Any:
        if shape.kind is Kind.RECORD:
            return self.record(node, shape.python, path)
        if not isinstance(node, Scalar):
            self._refuse_shape(node, path, _words(shape))
            return None
        if node.text is None:
            hint = "fill it in, or delete the item"
            self._findings.append(Finding(Code.BLANK, self.where(path), "nothing", _words(shape), hint))
            return None
        try:
            return parse_value(node.text, shape)
        except Unfit as unfit:
            self._findings.append(_unfit(unfit, node.text, self.where(path)))
            return None

    def _refuse_shape(self, node: Node, path: str, expected: str) -> None:
        found = {Scalar: "a single value", Sequence: "a list", Mapping: "a mapping"}[type(node)]
        hint = "write it in that form; see docs/inputs.md"
        self._findings.append(Finding(Code.SHAPE, self.where(path), found, expected, hint))
