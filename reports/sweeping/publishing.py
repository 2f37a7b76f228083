"""sweep.json and sweep.xlsx: whole files, put in place together."""

import tempfile
from pathlib import Path

from optimizer.sweeping.sweep import Swept
from reports.publishing import STAGING, exchange, making_workbook, writing
from reports.sweeping.answer import SWEEP_JSON, SWEEP_XLSX, SweepAnswer
from reports.sweeping.book import write_sweep
from reports.whole_files import write_whole


def publish_sweep(swept: Swept, answer: SweepAnswer, folder: Path) -> None:
    """Write both; raises NotWritable."""
    published = folder / SWEEP_JSON, folder / SWEEP_XLSX
    with writing(folder), tempfile.TemporaryDirectory(dir=folder, prefix=STAGING) as name:
        made = Path(name) / SWEEP_JSON, Path(name) / SWEEP_XLSX
        write_whole(made[0], answer.model_dump_json(indent=1) + "\n")
        with making_workbook(made[1]):
            write_sweep(swept, made[1])
        exchange(made, published, Path(name))
