"""docs/inputs.md: its tables are generated from the records, between two markers each.

python -m scenarios.loading_docs docs/inputs.md     writes them anew
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from catalog.findings import Code
from catalog.loading import TableSpec
from catalog.reading_csv import COLUMN_LIMIT, ROW_LIMIT
from catalog.reading_fields import Field, Kind, Shape, fields_of
from catalog.reading_text import FILE_LIMIT_BYTES
from catalog.reading_values import LARGEST, LIST_SEPARATOR, MOST_DECIMALS, SMALLEST
from catalog.reading_yaml import YAML_LIMIT_BYTES
from catalog.records import TEXT_LIMIT, Record, Sourced
from scenarios.loading_tables import OPTIONAL, SPECS, ScenarioFile
from scenarios.loading_words import default_in_words, meaning_of

_MARKED = re.compile(r"(<!-- generated: (?P<name>[a-z_. -]+) -->\n)(.*?)(<!-- end -->)", flags=re.DOTALL)


def with_tables(text: str) -> str:
    """The document with every generated part as the records have it now."""
    parts = generated_parts()

    def renewed(match: re.Match[str]) -> str:
        return f"{match[1]}{parts[match['name']]}\n{match[4]}"

    return _MARKED.sub(renewed, text)


def generated_parts() -> dict[str, str]:
    """Every generated part of the document by its name."""
    parts = {f"table {name}": _columns(spec) for name, spec in SPECS.items()}
    for path, record in nested_records(ScenarioFile):
        parts[path or "scenario"] = _keys(record, path.rpartition(".")[2])
    return parts | {"limits": _limits(), "findings": _findings()}


def nested_records(record: type[Record], path: str = "") -> Iterator[tuple[str, type[Record]]]:
    """A record and all records inside it, each kind once, with the key path to it."""
    yield path, record
    seen = {record}
    for name, field in fields_of(record).items():
        if field.record is not None and field.record not in seen:
            seen.add(field.record)
            yield from nested_records(field.record, f"{path}.{name}" if path else name)


def _columns(spec: TableSpec[Record]) -> str:
    """The columns of a table; where rows have several kinds, with the kinds that have the column."""
    kinds = _kinds(spec)
    lines = [f"Key: {' + '.join(spec.key)}.{' Optional table.' if spec.name in OPTIONAL else ''}", ""]
    lines += ["| column | holds | needed |" + (" kinds |" if kinds else "") + " meaning |"]
    lines += ["|---" * (5 if kinds else 4) + "|"]
    for name in _in_reading_order(spec):
        having = [record for record in spec.records if name in fields_of(record)]
        field = fields_of(having[0])[name]
        cells = [f"`{name}`", _holds(field, spec), _needed_in(spec, name)]
        if kinds:
            words = [kind for kind, record in kinds.items() if record in having]
            cells.append("all" if len(words) == len(kinds) else ", ".join(words))
        lines.append(_row([*cells, meaning_of(spec.name, name, field.description)]))
    return "\n".join(lines)


def _in_reading_order(spec: TableSpec[Record]) -> list[str]:
    """The key first, then the kind, what the row is about, and last where it comes from."""
    origin = [name for name in fields_of(Sourced) if name in spec.columns]
    first = [*spec.key, *([spec.kind_column] if spec.kind_column else [])]
    return [*first, *(name for name in spec.columns if name not in first + origin), *origin]


def _keys(record: type[Record], place: str) -> str:
    lines = ["| key | holds | needed | meaning |", "|---|---|---|---|"]
    for field in fields_of(record).values():
        meaning = meaning_of(place, field.name, field.description)
        lines.append(_row([f"`{field.name}`", _written(field.shape, in_yaml=True), _needed(field), meaning]))
    return "\n".join(lines)


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _holds(field: Field, spec: TableSpec[Record]) -> str:
    if field.name == spec.kind_column:
        return ", ".join(f"`{kind}`" for kind in spec.kinds)
    return _written(field.shape)


def _written(shape: Shape, *, in_yaml: bool = False) -> str:
    """What a value looks like.

    >>> from catalog.goodput import GoodputPoint
    >>> _written(fields_of(GoodputPoint)["ttft_percentile"].shape)
    '`50`, `90`, `95`, `99`'
    """
    if shape.kind is Kind.LIST and shape.item is not None:
        return _written_list(shape.item, in_yaml=in_yaml)
    if shape.kind is Kind.CHOICE:
        return ", ".join(f"`{choice}`" for choice in shape.choices)
    if shape.kind is Kind.RECORD:
        return "mapping"
    words = {Kind.DATE: "date YYYY-MM-DD", Kind.MONTH: "month YYYY-MM"}.get(shape.kind, shape.kind.value)
    return " ".join(part for part in (words, str(shape.bounds)) if part)


def _written_list(item: Shape, *, in_yaml: bool) -> str:
    """Items, and what each of them must keep."""
    if in_yaml:
        return f"list of {_written(item, in_yaml=True)}"
    if item.kind is Kind.CHOICE:
        return f"any of {_written(item)}, separated by `{LIST_SEPARATOR}`"
    each = f"each {item.bounds}, " if str(item.bounds) else ""
    return f"{item.kind.value}s, {each}separated by `{LIST_SEPARATOR}`"


def _needed_in(spec: TableSpec[Record], name: str) -> str:
    """Whether a column is needed; where only rows of some kinds can do without, which."""
    if name == spec.kind_column:
        return "yes"
    needs = {record: _needed(fields_of(record)[name]) for record in spec.records if name in fields_of(record)}
    spared = [
        f"for {kind} {needs[record]}" for kind, record in _kinds(spec).items() if needs.get(record, "yes") != "yes"
    ]
    if "yes" in needs.values() and spared:
        return f"yes; {', '.join(spared)}"
    return next(iter(needs.values()))


def _kinds(spec: TableSpec[Record]) -> dict[str, type[Record]]:
    return spec.kinds if spec.kind_column else {}


def _needed(field: Field) -> str:
    return "yes" if field.required else f"no: {default_in_words(field.default)}"


def _limits() -> str:
    rows = [
        ("a file", f"{FILE_LIMIT_BYTES // 2**20} MB; scenario.yaml {YAML_LIMIT_BYTES // 2**20} MB"),
        ("rows of a file", f"{ROW_LIMIT:,}"),
        ("columns of a table", f"{COLUMN_LIMIT}"),
        ("text of a cell or value", f"{TEXT_LIMIT:,} characters"),
        ("a number other than 0", f"from {SMALLEST:f} to {LARGEST:,.0f}"),
        ("decimals of money and exact decimals", f"{MOST_DECIMALS}"),
        ("an id", "1 to 64 of `A-Z a-z 0-9 . _ -`, the first a letter or digit"),
        ("months", "1 to 60"),
    ]
    return "\n".join(["| what | limit |", "|---|---|", *(_row(list(row)) for row in rows)])


def _findings() -> str:
    lines = ["| code | what is wrong |", "|---|---|"]
    return "\n".join([*lines, *(_row([code.value, code.meaning]) for code in Code)])


def main() -> None:
    """Write the generated parts of the named document anew."""
    path = Path(sys.argv[1])
    path.write_text(with_tables(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
