"""docs/inputs.md says what the readers do, because its tables come from the same records."""

from pathlib import Path

import pytest

from catalog.findings import Code
from catalog.reading_fields import fields_of
from scenarios.loading_docs import generated_parts, nested_records, with_tables
from scenarios.loading_tables import SPECS, ScenarioFile
from scenarios.loading_words import WORDS, meaning_of

DOCUMENT = Path(__file__).parent.parent / "docs" / "inputs.md"


def test_the_document_is_as_the_records_are() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert with_tables(text) == text, "run: python -m scenarios.loading_docs docs/inputs.md"


@pytest.mark.parametrize("part", sorted(generated_parts()))
def test_every_part_stands_in_the_document(part: str) -> None:
    if part == "policy.percentile_factor":
        return
    assert f"<!-- generated: {part} -->" in DOCUMENT.read_text(encoding="utf-8")


def every_field() -> dict[tuple[str, str], str]:
    """Description by place and name."""
    columns = {
        (spec.name, field.name): field.description
        for spec in SPECS.values()
        for record in spec.records
        for field in fields_of(record).values()
    }
    keys = {
        (path.rpartition(".")[2], field.name): field.description
        for path, record in nested_records(ScenarioFile)
        for field in fields_of(record).values()
    }
    return columns | keys


def test_every_column_and_key_has_a_meaning() -> None:
    without = [place for place, description in every_field().items() if not meaning_of(*place, description)]
    assert without == []


def test_no_word_is_left_over() -> None:
    names = {name for _, name in every_field()}
    assert {key.rpartition(".")[2] for key in WORDS} <= names


def test_the_document_explains_every_code() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert all(f"| {code.value} | {code.meaning} |" in text for code in Code)


def test_a_column_that_only_some_kinds_need_says_which_can_do_without() -> None:
    contracts = generated_parts()["table contracts"]
    assert "| `price_usd_per_node_hour` | exact decimal at least 0 | yes; for owned no: 0 | all |" in contracts
    assert "| `offering` | id | yes | all |" in contracts
