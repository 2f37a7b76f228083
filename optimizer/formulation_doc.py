"""docs/formulation.md: its parts are generated from the docstrings beside the code, between two markers each.

    python -m optimizer.formulation_doc docs/formulation.md     writes them anew

The docstring of a family opens with a sentence, goes on in paragraphs and indented formulas, and ends with a table of
symbols. A row of the model is written as `name[indices]:`; the name is that of the constraint on the family's block.
"""

import inspect
import re
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from optimizer import ledger, model, supply
from optimizer.decisions import Decisions
from optimizer.families import FAMILIES, Family
from optimizer.model import family_name

_MARKED = re.compile(r"(<!-- generated: (?P<name>[a-z ]+) -->\n)(.*?)(<!-- end -->)", flags=re.DOTALL)
_ROW = re.compile(r"^ +([a-z][a-z_0-9]*)\[([^\]]*)\]:", flags=re.MULTILINE)
_SYMBOL = re.compile(r"[a-z][a-z_0-9]*")
_HEADER = re.compile(r"symbol +\|")


@dataclass(frozen=True)
class Row:
    """A row of the model as a docstring names it: `hold_the_cap[r,g,v,s]`."""

    name: str
    indices: tuple[str, ...]


@dataclass(frozen=True)
class Symbol:
    """A line of a symbol table: the names before the first bar, without their indices, and whether V or P."""

    names: tuple[str, ...]
    kind: str


def with_parts(text: str, notes: Path) -> str:
    """The document with every generated part as the docstrings have it now; `notes` is the folder of decisions."""
    parts = generated_parts(notes)

    def renewed(match: re.Match[str]) -> str:
        return f"{match[1]}{parts[match['name']]}\n{match[4]}"

    return _MARKED.sub(renewed, text)


def generated_parts(notes: Path) -> dict[str, str]:
    """Every generated part of the document by its name."""
    decisions = _docstring(Decisions)
    return {
        "contents": _contents(),
        "decisions": in_markdown(decisions.partition("\n\n")[2]),
        "supply": _titled(_docstring(supply))[1],
        "ledger": "\n\n".join((_titled(_docstring(ledger))[1], in_markdown(_docstring(ledger.Charge)))),
        "scale": _titled(_docstring(model.money_scale))[1],
        "families": "\n\n".join(_family(family, notes) for family in FAMILIES),
        "notes": "\n".join(f"- {_link(note)}" for note in _notes(notes)),
    }


def rows_of(family: Family) -> tuple[Row, ...]:
    """The rows that the docstring of a family states, in its order."""
    return tuple(Row(name, tuple(indices.split(","))) for name, indices in _ROW.findall(_docstring(family)))


def symbols_of(family: Family) -> tuple[Symbol, ...]:
    """The lines of the symbol table of a family."""
    lines = _docstring(family).splitlines()
    first, end = _table_place(lines)
    return tuple(Symbol(_names(cells[0]), cells[1]) for cells in _table_cells(lines[first:end])[1:])


def _names(cell: str) -> tuple[str, ...]:
    """The names in the first cell of a line.

    >>> _names("nodes[k,t,b,s]"), _names("route, shortfall")
    (('nodes',), ('route', 'shortfall'))
    """
    return tuple(_SYMBOL.findall(re.sub(r"\[[^\]]*\]", "", cell)))


def title_of(family: Family) -> tuple[str, str]:
    """Title and sentence of a family, from the first paragraph of its docstring."""
    title, sentence = _titled(_docstring(family))
    return title or family_name(family).replace("_", " ").capitalize(), sentence


def _titled(docstring: str) -> tuple[str, str]:
    """What stands before the colon of the first paragraph (or nothing), and the sentence after it.

    >>> _titled("Stock: what is there\\nto sign.\\n\\nMore.")
    ('Stock', 'What is there to sign.')
    """
    opening = " ".join(docstring.partition("\n\n")[0].split())
    title, colon, sentence = opening.partition(": ")
    return (title, sentence[:1].upper() + sentence[1:]) if colon else ("", opening)


def in_markdown(text: str) -> str:
    """Paragraphs as they are, indented lines as code, a symbol table as a table.

    >>> print(in_markdown("A row:\\n\\n    x[t]:  y  <=  1\\n\\nsymbol | V or P | explanation\\ny | V | nodes"))
    A row:
    <BLANKLINE>
    ```text
    x[t]:  y  <=  1
    ```
    <BLANKLINE>
    | symbol | V or P | explanation |
    |---|---|---|
    | `y` | V | nodes |
    """
    return "\n\n".join(_blocks(text))


def _blocks(text: str) -> Iterator[str]:
    lines = text.strip("\n").splitlines()
    table, end = _table_place(lines)
    yield from _words_and_formulas(lines[:table])
    if table < end:
        yield _table(_table_cells(lines[table:end]))
        yield from _words_and_formulas(lines[end:])


def _words_and_formulas(lines: Sequence[str]) -> Iterator[str]:
    for is_code, group in groupby(_joined_over_blanks(lines), key=lambda line: line.startswith("    ")):
        body = "\n".join(group).strip("\n")
        if is_code:
            yield f"```text\n{textwrap.dedent(body)}\n```"
        elif body:
            yield re.sub(r"^`", "- `", body, flags=re.MULTILINE)


def _table_place(lines: Sequence[str]) -> tuple[int, int]:
    """First line of the symbol table, and the line after its last; both the end where there is none."""
    first = next((place for place, line in enumerate(lines) if _HEADER.match(line)), len(lines))
    blank = (place for place, line in enumerate(lines) if place > first and not line.strip())
    return first, next(blank, len(lines))


def _joined_over_blanks(lines: Sequence[str]) -> Iterator[str]:
    """The lines, with blank ones between two lines of code indented too, so that they stay inside it."""
    for place, line in enumerate(lines):
        after = next((later for later in lines[place:] if later.strip()), "")
        before = next((earlier for earlier in reversed(lines[:place]) if earlier.strip()), "")
        inside = not line.strip() and before.startswith("    ") and after.startswith("    ")
        yield "    " if inside else line


def _table_cells(lines: Sequence[str]) -> list[list[str]]:
    """Cells of the lines of a symbol table; a line without bars goes on with the cell above it."""
    found: list[list[str]] = []
    for line in lines:
        cells = [cell.strip() for cell in line.split("|", 2)]
        if len(cells) == 3:
            found.append(cells)
        else:
            found[-1][2] += f" {line.strip()}"
    return found


def _table(rows: Sequence[Sequence[str]]) -> str:
    header, *body = rows
    lines = [_cells(header), "|---" * len(header) + "|"]
    return "\n".join([*lines, *(_cells([f"`{name}`", *rest]) for name, *rest in body)])


def _cells(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _contents() -> str:
    lines = []
    for family in FAMILIES:
        title, sentence = title_of(family)
        lines.append(f"- [{title}](#{family_name(family)}): {sentence[:1].lower() + sentence[1:]}")
    return "\n".join(lines)


def _family(family: Family, notes: Path) -> str:
    """Heading, place of the code, sentence, formulas, symbols, what binding rows mean, and where words are settled."""
    name = family_name(family)
    title, sentence = title_of(family)
    body = _docstring(family).partition("\n\n")[2]
    parts = [
        f'<a id="{name}"></a>\n\n### {title}',
        f"{sentence} ([optimizer/families/{name}.py](../optimizer/families/{name}.py))",
        in_markdown(body),
    ]
    if family.SENTENCES:
        parts.append("\n".join(["Said when a row binds:", "", *_sentences(family)]))
    if related := [_link(note) for note in _notes(notes) if _settles(note, family)]:
        parts.append(f"Meanings: {'; '.join(related)}.")
    return "\n\n".join(parts)


def _sentences(family: Family) -> Iterator[str]:
    indices = {row.name: row.indices for row in rows_of(family)}
    for row, sentence in family.SENTENCES.items():
        yield f"- `{row}`: {sentence.format(*(f'*{index}*' for index in indices[row]))}"


def _settles(note: Path, family: Family) -> bool:
    """Whether a note speaks of a parameter of the family by its name."""
    text = note.read_text(encoding="utf-8")
    parameters = {name for symbol in symbols_of(family) if symbol.kind == "P" for name in symbol.names if "_" in name}
    return any(re.search(rf"\b{name}\b", text) for name in parameters)


def _notes(folder: Path) -> list[Path]:
    return sorted(folder.glob("[0-9]*.md"))


def _link(note: Path) -> str:
    """A link to a decision note by its title."""
    title = note.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ").partition(" ")[2]
    return f"[{title}](decisions/{note.name})"


def _docstring(thing: object) -> str:
    return inspect.getdoc(thing) or ""


def main() -> None:
    """Write the generated parts of the named document anew."""
    path = Path(sys.argv[1])
    text = path.read_text(encoding="utf-8")
    path.write_text(with_parts(text, path.parent / "decisions"), encoding="utf-8")


if __name__ == "__main__":
    main()
