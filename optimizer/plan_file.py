"""plan.json in and out: written beside, read back, then put in place in one step."""

import os
import tempfile
from pathlib import Path

from pydantic import ValidationError

from optimizer.plan import Plan

PLAN_FILE_LIMIT_BYTES = 500_000_000


class PlanRejected(ValueError):
    """The file is not a plan of this format; the message says why and what to do."""


def write_plan(plan: Plan, path: Path) -> None:
    """Write plan.json; whatever stood there before stays whole until the new one is read back and equal."""
    text = plan.model_dump_json(indent=1) + "\n"
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".new")
    beside = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        if read_plan(beside) != plan:
            raise PlanRejected(f"{path.name} does not read back as the plan that was written")
        beside.chmod(0o644)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def read_plan(path: Path) -> Plan:
    """The plan in a plan.json; raises PlanRejected with the reason."""
    try:
        if path.stat().st_size > PLAN_FILE_LIMIT_BYTES:
            raise PlanRejected(f"{path} is larger than {PLAN_FILE_LIMIT_BYTES:,} bytes: not a plan")
        return Plan.model_validate_json(path.read_bytes())
    except OSError as error:
        raise PlanRejected(f"{path} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise PlanRejected(
            f"{path} is not a plan of this version: {where}: {first['msg']}"
            f" ({error.error_count()} findings). Mend: write it again with `siliconmix plan`"
        ) from error
