"""docs/answers.schema.json: what `--json` prints, generated from the records that print it.

python -m reports.answers_schema docs/answers.schema.json     writes it anew
"""

import json
import sys
from pathlib import Path

from pydantic import TypeAdapter

from reports.answers import Failure, PlanAnswer
from reports.comparison.answer import ComparisonAnswer
from reports.differing.answer import DiffAnswer
from reports.explaining.possible import PossibleAnswer
from reports.explaining.records import Explanation
from reports.negotiating.answer import NegotiationAnswer
from reports.replaying.answer import ReplayAnswer
from reports.sweeping.answer import SweepAnswer
from reports.tracing.answer import HoursAnswer, TraceAnswer

Answer = (
    PlanAnswer
    | ComparisonAnswer
    | SweepAnswer
    | NegotiationAnswer
    | Explanation
    | PossibleAnswer
    | TraceAnswer
    | HoursAnswer
    | ReplayAnswer
    | DiffAnswer
    | Failure
)
"""Whatever `--json` prints as one document."""

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_text() -> str:
    """The JSON Schema of an answer or a failure, as the file holds it."""
    answers: TypeAdapter[Answer] = TypeAdapter(Answer)
    schema = {"$schema": DIALECT, "$id": "siliconmix-answers-1", **answers.json_schema(mode="serialization")}
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the schema to the named file."""
    Path(sys.argv[1]).write_text(schema_text(), encoding="utf-8")


if __name__ == "__main__":
    main()
