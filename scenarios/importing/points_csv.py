"""Kind `points`: a plain CSV in the columns of goodput_points; what one's own table need not say is added.

`point` and `curve` are made of the row, `stack` is that of the chip, `engine` is "unstated", `source` and `as_of` come
from the options. Any other column is refused: it may be a misspelt one.
"""

from catalog.findings import Finding, InputRejected
from catalog.goodput import GoodputPoint
from catalog.loading import TableSpec
from catalog.reading_csv import RawRow, read_csv
from catalog.reading_records import record_of_row
from catalog.reading_text import Source, read_text
from catalog.slugs import MOST_CHARACTERS, short_slug
from scenarios.importing.given import Given
from scenarios.importing.harvest import Harvest, NewRow
from scenarios.importing.names import Named, Names
from scenarios.importing.source import Cells, wanted
from scenarios.inputs import Inputs
from scenarios.loading_tables import GOODPUT_POINTS

ADDED = ("point", "curve", "stack", "engine", "source", "as_of")
NAMED: tuple[Named, ...] = ("model", "precision", "accelerator")


def read_points(inputs: Inputs, given: Given) -> Harvest:
    """The rows of the file as points; InputRejected if it is no such table."""
    findings: list[Finding] = []
    text = read_text(Source(given.file, given.file.name), findings)
    spec: TableSpec[GoodputPoint] = GOODPUT_POINTS
    required = [column for column in spec.required if column not in ADDED]
    table = None if text is None else read_csv(text, columns=spec.columns, required=required, findings=findings)
    if table is None or not table.rows or not table.header_is_right:
        raise InputRejected(findings)
    if "as_of" not in table.columns:
        given.day()
    names = Names(inputs, given.names)
    fitting, left_out = wanted(table.rows, given.where)
    rows = [new for raw in fitting if (new := _point(raw, names, given, findings)) is not None]
    return Harvest(len(table.rows), tuple(rows), tuple(findings), left_out)


def _point(raw: RawRow, names: Names, given: Given, findings: list[Finding]) -> NewRow | None:
    cells, before = Cells(raw, findings), len(findings)
    values = {column: text for column, text in raw.cells.items() if text}
    for column in NAMED:
        if name := cells.text(column):
            values[column] = names.of(column, name, cells, column) or ""
    if len(findings) > before:
        return None
    filled = _filled(values, names, given)
    record = record_of_row(RawRow(raw.where, filled), GoodputPoint, "", findings)
    return None if record is None else NewRow(GOODPUT_POINTS.name, record, raw.where)


def _filled(values: dict[str, str], names: Names, given: Given) -> dict[str, str]:
    """A row with what it need not say itself."""
    engine = values.get("engine", "unstated")
    parts = (values.get(column, "") for column in (*NAMED, "accelerators_per_replica"))
    curve = short_slug("-".join(("points", *parts, engine)), 42)
    size = "x".join(values.get(column, "") for column in ("input_tokens", "output_tokens"))
    load = values.get("concurrency") or f"{values.get('output_tok_per_s', '')}tok-s"
    return {
        "curve": curve,
        "point": short_slug(f"{values.get('curve', curve)}-{size}-{load}", MOST_CHARACTERS),
        "stack": names.stack(values.get("accelerator", "")),
        "engine": engine,
        "source": given.origin(),
        "as_of": str(given.as_of or ""),
        "licence": given.licence,
    } | values
