"""A change of an input is the same as an edit of its file, for every column of every table and every key.

For each kind of row and each of its columns one cell is changed, and typed into the text of the file. Both must come to
the same scenario, or be refused for the same reasons.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from unittest.mock import patch

import pytest

from catalog.findings import InputRejected
from catalog.reading_fields import Field, Kind, fields_of
from catalog.reading_text import ReadText
from catalog.records import Record
from contracts.calendar import Month
from scenarios import loading_files
from scenarios.changes import Change, Verb
from scenarios.changing_rows import ANY
from scenarios.inputs import InputPath, Inputs, root_of
from scenarios.loading_files import TableTexts
from scenarios.loading_tables import BUNDLED_PREFIX, SPECS, ScenarioFile
from scenarios.starting import EXAMPLES


@cache
def inputs_of(example: str) -> Inputs:
    return Inputs.read(EXAMPLES / example)


def cells_of_every_kind(example: str) -> Iterator[tuple[InputPath, Field]]:
    """One cell of every column of every kind of row, not a blank one if there is another; and what it holds."""
    chosen: dict[tuple[str, str, str], InputPath] = {}
    paths = inputs_of(example).paths()
    kind_of = {path.row: path.value for path in paths if path.name == "kind"}
    for path in paths:
        what = (root_of(path.path), kind_of.get(path.row, ""), path.name)
        if what[0] in SPECS and (what not in chosen or not chosen[what].value):
            chosen[what] = path
    for (table, kind, column), path in chosen.items():
        spec = SPECS[table]
        yield path, fields_of(spec.kinds[kind] if spec.kind_column else spec.records[0])[column]


def another(value: str, field: Field) -> tuple[str, str]:
    """What is asked for, and what is then typed in the place of a value."""
    shape = field.shape
    if shape.kind is Kind.BOOLEAN:
        text = "false" if value == "true" else "true"
        return text, text
    if shape.kind is Kind.CHOICE:
        text = next((str(choice) for choice in reversed(shape.choices) if str(choice) != value), "spot")
        return text, text
    if not value:
        text = {Kind.MONTH: "2027-02", Kind.DATE: "2027-02-03"}.get(shape.kind, "1")
        return text, text
    if shape.kind in (Kind.NUMBER, Kind.WHOLE, Kind.DECIMAL):
        return ("*2", f"{(Decimal(value) * 2).normalize():f}") if Decimal(value) else ("+1", "1")
    if shape.kind is Kind.MONTH:
        return "+1", str(Month.parse(value) + 1)
    if shape.kind is Kind.DATE:
        return "-1", str(date.fromisoformat(value) - timedelta(days=1))
    return "other", "other"


def edited(inputs: Inputs, cell: InputPath, text: str) -> Inputs:
    """The inputs with a value typed into the text of a file."""
    file, _, row = cell.place.rpartition(":")
    table = root_of(cell.path)
    read = inputs.texts[table].texts
    texts = [_with_cell(each, int(row), cell.name, text) if each.name == file else each for each in read]
    tables = {**inputs.files.tables, table: TableTexts(tuple(texts), ())}
    return replace(inputs, files=replace(inputs.files, tables=tables))


def outcome_of_edit(inputs: Inputs, cell: InputPath, text: str) -> object:
    """What comes of a value typed into a file of the folder, or into one that ships with the program."""
    if not cell.place.startswith(BUNDLED_PREFIX):
        return outcome(edited(inputs, cell, text))
    table = root_of(cell.path)
    own = inputs.files.tables.get(table, TableTexts((), ())).texts
    texts = edited(inputs, cell, text).files.tables[table].texts
    shipped = TableTexts(tuple(each for each in texts if each.name not in {mine.name for mine in own}), ())
    as_it_is = loading_files._bundled_texts
    with patch.object(loading_files, "_bundled_texts", lambda name: shipped if name == table else as_it_is(name)):
        return outcome(replace(inputs))


def _with_cell(text: ReadText, row: int, column: str, value: str) -> ReadText:
    rows = list(csv.reader(io.StringIO(text.text)))
    if column not in rows[0]:
        rows = [[*cells, column if number == 0 else ""] for number, cells in enumerate(rows)]
    rows[row - 1][rows[0].index(column)] = value
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    return replace(text, text=written.getvalue())


def outcome(inputs: Inputs, *changes: Change) -> object:
    """The fingerprint of the scenario, or what is wrong with it."""
    try:
        return inputs.load(changes).scenario.fingerprint()
    except InputRejected as rejected:
        return {
            replace(finding, change="", where=replace(finding.where, line=None)) for finding in rejected.findings
        }


@pytest.mark.parametrize("example", ["small", pytest.param("procurement", marks=pytest.mark.long)])
def test_a_changed_cell_is_an_edited_cell(example: str) -> None:
    inputs = inputs_of(example)
    base = inputs.load().scenario.fingerprint()
    planned = set()
    for cell, field in cells_of_every_kind(example):
        asked, typed = another(cell.value, field)
        changed = outcome(inputs, Change(verb=Verb.SET, path=cell.path, value=asked))
        assert changed == outcome_of_edit(inputs, cell, typed), f"{cell.path}: {cell.value} -> {asked}"
        if isinstance(changed, str):
            planned.add(changed)
    assert len(planned - {base}) > 50


def settings(record: type[Record], path: str = "") -> Iterator[tuple[str, Field]]:
    """Single values of scenario.yaml by their path, items of lists by [0]."""
    for name, field in fields_of(record).items():
        below = f"{path}.{name}" if path else name
        if field.record is None and field.shape.kind is not Kind.LIST:
            yield below, field
        elif field.record is not None:
            yield from settings(field.record, below if field.shape.kind is Kind.RECORD else f"{below}[0]")


def typed_into(inputs: Inputs, cell: InputPath, text: str) -> Inputs:
    """The inputs with a value typed into scenario.yaml: in its line, or below that of the mapping it belongs to."""
    document = inputs.files.document
    assert document is not None
    lines = document.text.split("\n")
    if cell.place:
        number = int(cell.place.rpartition(":")[2]) - 1
        stated = re.compile(rf"\b{cell.name}: *\"?{re.escape(cell.value)}\"?(?=[ ,}}]|$)")
        lines[number], count = stated.subn(f'{cell.name}: "{text}"', lines[number])
        assert count == 1, lines[number]
    else:
        lines.insert(lines.index(f"{cell.row}:") + 1, f'  {cell.name}: "{text}"')
    return replace(inputs, files=replace(inputs.files, document=replace(document, text="\n".join(lines))))


@pytest.mark.parametrize("example", ["small", pytest.param("procurement", marks=pytest.mark.long)])
def test_a_changed_key_is_an_edited_key(example: str) -> None:
    inputs = inputs_of(example)
    fields = dict(settings(ScenarioFile))
    seen = 0
    for cell in inputs.paths():
        field = fields.get(cell.path)
        if field is not None and (cell.place or cell.row in ("run", "policy")):
            asked, typed = another(cell.value, field)
            changed = outcome(inputs, Change(verb=Verb.SET, path=cell.path, value=asked))
            assert changed == outcome(typed_into(inputs, cell, typed)), f"{cell.path}: {cell.value} -> {asked}"
            seen += 1
    assert seen > 30


@pytest.mark.parametrize("path", ["contracts.north-spot", "held_contracts.north-held-2025", "hourly_load.*/*"])
def test_rows_taken_out_are_lines_deleted(path: str) -> None:
    inputs = inputs_of("small")
    table, _, key = path.partition(".")
    (read,) = inputs.texts[table].texts
    kept = [line for line in read.text.splitlines(keepends=True) if ANY not in key and not line.startswith(f"{key},")]
    tables = dict(inputs.files.tables)
    if len(kept) > 1:
        tables[table] = TableTexts((replace(read, text="".join(kept)),), ())
    else:
        del tables[table]
    edited_inputs = replace(inputs, files=replace(inputs.files, tables=tables))
    changed = inputs.load([Change(verb=Verb.REMOVE, path=path)]).scenario
    assert changed.fingerprint() == edited_inputs.load().scenario.fingerprint() != inputs.load().scenario.fingerprint()
