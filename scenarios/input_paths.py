"""Every input that can be changed, with the path that names it (docs/decisions/0021)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from catalog.findings import Location
from catalog.loading import TableSpec, TypedRows
from catalog.reading_fields import Field, Kind, fields_of
from catalog.reading_yaml import Mapping, Node, Sequence
from catalog.records import Record, Sourced
from scenarios.changing_rows import fields_of_row, key_of_row, key_text
from scenarios.changing_settings import text_of
from scenarios.loading_tables import SCENARIO_FILE, ScenarioFile
from scenarios.loading_words import default_in_words, meaning_of


@dataclass(frozen=True, slots=True)
class InputPath:
    """One value that can be set."""

    row: str
    """The path of the row, or of the mapping in scenario.yaml, that the value belongs to."""
    name: str
    """Column, or key; [0] for an item of a list of single values."""
    value: str
    """As it was typed; blank where nothing is stated."""
    default: str
    """What holds where nothing is stated; blank if something must be."""
    meaning: str
    place: str
    """File with row or line; blank where nothing is stated."""

    @property
    def path(self) -> str:
        """What a change is addressed to."""
        return f"{self.row}.{self.name}" if self.row else self.name


def root_of(path: str) -> str:
    """What a path begins with: a table, or a key of scenario.yaml.

    >>> root_of("policy.contingencies[0].name"), root_of("bundled_tables[0]")
    ('policy', 'bundled_tables')
    """
    return path.partition(".")[0].partition("[")[0]


def paths_of_rows(spec: TableSpec[Record], typed: TypedRows) -> Iterator[InputPath]:
    """The cells of a table but for those of its key, blank ones that could be filled included; origin last."""
    meanings: dict[tuple[str, str], tuple[str, str]] = {}
    for row in typed.rows:
        key = f"{spec.name}.{key_text(key_of_row(spec, row.cells))}"
        kind = row.cells.get(spec.kind_column or "", "")
        place = short_place(row.where)
        fields = fields_of_row(spec, row.cells)
        for name in sorted(fields, key=fields_of(Sourced).__contains__):
            if name not in spec.key:
                field = fields[name]
                if (kind, name) not in meanings:
                    meanings[kind, name] = (_default(field), meaning_of(spec.name, name, field.description))
                yield InputPath(key, name, row.cells.get(name, ""), *meanings[kind, name], place)


def paths_of_settings(tree: Mapping) -> Iterator[InputPath]:
    """The single values and lists of scenario.yaml, keys that could be stated included."""
    return _in_mapping(tree, ScenarioFile, "")


def _in_mapping(node: Mapping, record: type[Record], path: str) -> Iterator[InputPath]:
    place = path.rpartition(".")[2].partition("[")[0]
    single_values_first = sorted(fields_of(record).items(), key=lambda named: named[1].record is not None)
    for name, field in single_values_first:
        value = node.entries.get(name)
        below = f"{path}.{name}" if path else name
        if field.record is None:
            where = "" if value is None else f"{SCENARIO_FILE}:{node.lines.get(name, node.line)}"
            text = "" if value is None else text_of(value)
            yield InputPath(path, name, text, _default(field), meaning_of(place, name, field.description), where)
        else:
            yield from _in_records(value, field, below)


def _in_records(node: Node | None, field: Field, path: str) -> Iterator[InputPath]:
    record = field.record
    assert record is not None
    if node is None and field.shape.kind is Kind.RECORD and not field.required:
        yield from _in_mapping(Mapping({}, {}, 0), record, path)
    elif isinstance(node, Mapping):
        yield from _in_mapping(node, record, path)
    elif isinstance(node, Sequence):
        for number, item in enumerate(node.items):
            if isinstance(item, Mapping):
                yield from _in_mapping(item, record, f"{path}[{number}]")


def _default(field: Field) -> str:
    return "" if field.required or field.shape.kind is Kind.RECORD else default_in_words(field.default)


def short_place(where: Location) -> str:
    """File and row, as an editor can jump to it."""
    return f"{where.file}:{where.row}"


def near_paths(text: str, known: Collection[InputPath], most: int = 3) -> list[str]:
    """Paths that may have been meant by one that is not there: those with the most of what its parts are near to."""
    words = {path.name for path in known} | {root_of(path.path) for path in known}
    words |= {path.row.partition(".")[2] for path in known}
    begin, _, rest = text.strip("*.").partition(".")
    middle, _, end = rest.rpartition(".")
    near = [get_close_matches(part, words, n=1, cutoff=0.6) for part in (begin, middle, end) if part]
    meant = [match[0] for match in near if match]
    scores = {path.path: sum(word in path.path for word in meant) for path in known} if meant else {}
    best = max(scores.values(), default=0)
    return [path for path, score in scores.items() if score == best][:most]
