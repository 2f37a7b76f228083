"""A negotiation on disk: negotiation.json and negotiation.xlsx, whole files, put in place together."""

import tempfile
from pathlib import Path

from optimizer.negotiating.records import Negotiation
from reports.negotiating.book import write_negotiation
from reports.publishing import STAGING, exchange, making_workbook, writing
from reports.whole_files import write_whole

DATA, BOOK = "negotiation.json", "negotiation.xlsx"


def publish_negotiation(found: Negotiation, folder: Path) -> tuple[Path, Path]:
    """Write both files: made whole beside the old pair, then put in place together. Raises NotWritable."""
    published = folder / DATA, folder / BOOK
    with writing(folder), tempfile.TemporaryDirectory(dir=folder, prefix=STAGING) as name:
        made = Path(name) / DATA, Path(name) / BOOK
        write_whole(made[0], found.model_dump_json(indent=1) + "\n")
        with making_workbook(made[1]):
            write_negotiation(found, made[1])
        exchange(made, published, Path(name))
    return published
