"""docs/answers.schema.json is what `--json` prints, because it comes from the same records."""

import json
from pathlib import Path
from typing import Any

import pytest

from reports.answers import Failure, PlanAnswer
from reports.answers_schema import schema_text
from reports.comparison.answer import ComparisonAnswer

DOCUMENT = Path(__file__).parent.parent / "docs" / "answers.schema.json"


@pytest.fixture(scope="module")
def schema() -> Any:
    return json.loads(DOCUMENT.read_text(encoding="utf-8"))


def test_the_document_is_as_the_records_are() -> None:
    stale = "run: python -m reports.answers_schema docs/answers.schema.json"
    assert DOCUMENT.read_text(encoding="utf-8") == schema_text(), stale


@pytest.mark.parametrize("record", [PlanAnswer, ComparisonAnswer, Failure])
def test_the_schema_has_every_part_of_an_answer(
    record: type[PlanAnswer | ComparisonAnswer | Failure], schema: Any
) -> None:
    assert schema["$defs"][record.__name__]["properties"].keys() == record.model_fields.keys()


def test_every_record_says_what_it_is(schema: Any) -> None:
    assert [name for name, record in schema["$defs"].items() if not record.get("description")] == []
