"""docs/plan.schema.json: what plan.json holds, generated from the records that write it.

    python -m optimizer.plan_schema docs/plan.schema.json     writes it anew
"""

import json
import sys
from pathlib import Path

from optimizer.plan import PLAN_FORMAT, Plan

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_text() -> str:
    """The JSON Schema of plan.json, as the file holds it."""
    schema = {"$schema": DIALECT, "$id": PLAN_FORMAT, **Plan.model_json_schema(mode="serialization")}
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the schema to the named file."""
    Path(sys.argv[1]).write_text(schema_text(), encoding="utf-8")


if __name__ == "__main__":
    main()
