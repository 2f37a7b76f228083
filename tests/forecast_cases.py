"""The small example with a forecast in the place of typed demand."""

from pathlib import Path

from tests.loading_folder import Folder

YAML = "scenario.yaml"
GROWTH = ",".join(f"{quantile}_growth_share_per_month" for quantile in ("p50", "p10", "p90"))
HEADER = f"workload,month,measure,p10,p50,p90,{GROWTH}"
BATCH_ALONE = "workload,month,accepted_requests_per_s\nbatch,2027-01,16\nbatch,2027-02,16\nbatch,2027-03,16\n"
GROWS = "chat,2027-01,accepted_requests_per_s,12,16,24,0.25,0,0.5"
"""P10 12, 12, 12; P50 16, 20, 25; P90 24, 36, 54."""


def a_folder(path: Path, *rows: str, outlooks: str = "none") -> Folder:
    """The small example, in which chat is forecast and batch is typed."""
    folder = Folder(path).write("demand.csv", BATCH_ALONE).write("forecast.csv", "\n".join([HEADER, *rows]) + "\n")
    return folder.replace(YAML, "  months: 3", f"  months: 3\n  forecast_outlooks: {outlooks}")
