"""sweep.json and sweep.xlsx, each written whole or not at all."""

from pathlib import Path

from optimizer.sweeping.sweep import Swept
from reports.publishing import writing
from reports.sweeping.answer import SWEEP_JSON, SWEEP_XLSX, SweepAnswer
from reports.sweeping.book import write_sweep
from reports.whole_files import write_whole


def publish_sweep(swept: Swept, answer: SweepAnswer, folder: Path) -> None:
    """Write both; raises NotWritable."""
    with writing(folder):
        write_sweep(swept, folder / SWEEP_XLSX)
        (folder / SWEEP_XLSX).chmod(0o644)  # whoever may read the folder may read the sweep
        write_whole(folder / SWEEP_JSON, answer.model_dump_json(indent=1) + "\n")
