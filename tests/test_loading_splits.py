"""splits.csv: how it is read, and what is said where it is wrong."""

from decimal import Decimal
from pathlib import Path

import pytest

from catalog.findings import Code, InputRejected
from catalog.goodput import Role
from scenarios.inputs import Inputs
from tests.tiny_folder import FILES, SOURCED, tiny

HEADER = (
    "split,model,precision,prefill_offering,decode_offering,transfer_usd_per_gb,transfer_gb_per_s,handover_ms,"
    "source,as_of\n"
)


def refused(folder: Path) -> set[tuple[Code, str | None]]:
    """Code and column of everything that is wrong with a folder."""
    with pytest.raises(InputRejected) as rejected:
        Inputs.read(folder).load()
    return {(finding.code, finding.where.column) for finding in rejected.value.findings}


def test_splits_and_roles_are_read_as_they_are_written(tmp_path: Path) -> None:
    tiny(tmp_path)
    points = (
        FILES["goodput_points.csv"].replace("evidence\n", "evidence,role\n").replace("measured\n", "measured,decode\n")
    )
    (tmp_path / "goodput_points.csv").write_text(points)
    (tmp_path / "splits.csv").write_text(f"{HEADER}own,model-a,fp8,node-a,node-a,0,10,5,{SOURCED}\n")
    scenario = Inputs.read(tmp_path).load().scenario
    assert [row.role for row in scenario.catalog.goodput_points] == [Role.DECODE]
    (split,) = scenario.splits
    assert (split.transfer_usd_per_gb, split.transfer_ms(0.1)) == (Decimal(0), 15.0)


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        pytest.param("own,model-z,fp8,node-a,node-a,0,10,5", Code.REFERENCE, "model", id="no such model"),
        pytest.param("own,model-a,bf16,node-a,node-a,0,10,5", Code.NO_PRECISION, "precision", id="no size of cache"),
        pytest.param("own,model-a,fp8,node-z,node-a,0,10,5", Code.REFERENCE, "prefill_offering", id="no such offering"),
        pytest.param("own,model-a,fp8,node-a,node-b,0,10,5", Code.REFERENCE, "decode_offering", id="another geography"),
        pytest.param("od-a,model-a,fp8,node-a,node-a,0,10,5", Code.REPEATED, "split", id="the name of a contract"),
        pytest.param("own,model-a,fp8,node-a,node-a,,10,5", Code.BLANK, "transfer_usd_per_gb", id="no price stated"),
        pytest.param("own,model-a,fp8,node-a,node-a,0,0,5", Code.RANGE, "transfer_gb_per_s", id="nothing moves"),
    ],
)
def test_a_split_that_cannot_serve_is_refused(tmp_path: Path, row: str, code: Code, column: str) -> None:
    tiny(tmp_path)
    (tmp_path / "regions.csv").write_text("region,geography\nregion-a,geo-a\nregion-b,geo-b\n")
    with (tmp_path / "offerings.csv").open("a") as offerings:
        offerings.write(f"node-b,cloud-a,region-b,gpu-a,1,10,10,10,{SOURCED}\n")
    (tmp_path / "splits.csv").write_text(f"{HEADER}{row},{SOURCED}\n")
    assert (code, column) in refused(tmp_path)


def test_splits_do_not_go_with_derived_headroom(tmp_path: Path) -> None:
    """Pools of a role are not derived."""
    settings = "  usable_share: 1\n", "  usable_share: 0.85\n  headroom: {method: derived}\n"
    tiny(tmp_path, {"scenario.yaml": settings}).load()
    (tmp_path / "splits.csv").write_text(f"{HEADER}own,model-a,fp8,node-a,node-a,0,10,5,{SOURCED}\n")
    assert (Code.CONTRADICTION, None) in refused(tmp_path)


@pytest.mark.parametrize("column", ["offering,node-a", "stack,stack-a"])
def test_splits_do_not_go_with_retries_of_their_own_columns(tmp_path: Path, column: str) -> None:
    """They serve at the yield of the workload: a column that fails more often would look better in a split."""
    tiny(tmp_path)
    (tmp_path / "splits.csv").write_text(f"{HEADER}own,model-a,fp8,node-a,node-a,0,10,5,{SOURCED}\n")
    Inputs.read(tmp_path).load()
    header = "workload,scope,name,retry_share,source,as_of,evidence\n"
    (tmp_path / "column_yields.csv").write_text(f"{header}chat,{column},0.1,{SOURCED},measured\n")
    assert (Code.CONTRADICTION, "split") in refused(tmp_path)
