"""docs/plan.schema.json is what plan.json holds, because it comes from the same records."""

import json
from pathlib import Path
from typing import Any

import pytest

from optimizer.plan import PLAN_FORMAT, Plan
from optimizer.plan_schema import schema_text

DOCUMENT = Path(__file__).parent.parent / "docs" / "plan.schema.json"


@pytest.fixture(scope="module")
def schema() -> Any:
    return json.loads(DOCUMENT.read_text(encoding="utf-8"))


def test_the_document_is_as_the_records_are() -> None:
    stale = "run: python -m optimizer.plan_schema docs/plan.schema.json"
    assert DOCUMENT.read_text(encoding="utf-8") == schema_text(), stale


def test_the_schema_names_the_format_and_every_part_of_a_plan(schema: Any) -> None:
    assert schema["$id"] == PLAN_FORMAT
    assert schema["properties"].keys() == Plan.model_fields.keys()


def test_money_is_text_so_that_no_cent_is_lost(schema: Any) -> None:
    amount = schema["$defs"]["CostLine"]["properties"]["amount_usd"]
    assert amount["type"] == "string"


def test_every_record_says_what_it_is(schema: Any) -> None:
    assert [name for name, record in schema["$defs"].items() if not record.get("description")] == []
