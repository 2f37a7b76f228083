"""accelerators.csv: who makes a chip, what runs on it, how much it remembers (single facts of hardware.csv)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from catalog.accelerators import Accelerator, Silicon
from catalog.bundling.tables import RawRow
from catalog.records import Evidence

READ_ON = date(2026, 11, 21)
"""The day on which undated figures were read for this catalog."""


@dataclass(frozen=True, slots=True)
class _Chip:
    accelerator: str
    row: str
    """Name of its row in hardware.csv."""
    family: str
    memory_gb: float | None = None
    """Where the row's own figure is not the one to plan with; `note` says why."""
    note: str = ""


_CHIPS = (
    _Chip("A100-40GB", "A100 SXM 80GB", "ampere", 40.0, "memory: GCP a2-highgpu shapes, 40 GB per chip"),
    _Chip("A100-80GB", "A100 SXM 80GB", "ampere"),
    _Chip("H100-80GB", "H100 SXM", "hopper"),
    _Chip("H200-141GB", "H200 SXM", "hopper"),
    _Chip("B200-180GB", "B200 SXM", "blackwell"),
    _Chip("B300", "B300 SXM", "blackwell"),
    _Chip("GB200", "GB200 (NVL72)", "blackwell", 186.0, "memory: the lowest of three stated (186, 192, 198.7)"),
    _Chip("GB300", "GB300 (NVL72)", "blackwell"),
    _Chip("L40S", "L40S", "ada"),
    _Chip("RTX-PRO-6000", "RTX PRO 6000 Blackwell Server", "blackwell"),
    _Chip("MI300X-192GB", "MI300X", "cdna3"),
    _Chip("MI355X-288GB", "MI355X", "cdna4"),
    _Chip("Inferentia2", "Inferentia2", "inferentia", None, "GiB counted as GB"),
    _Chip("Trainium1", "Trainium1", "trainium", None, "GiB counted as GB"),
    _Chip("Trainium2", "Trainium2", "trainium", None, "GiB counted as GB"),
    _Chip("Trainium3", "Trainium3", "trainium", None, "GiB counted as GB"),
    _Chip("TPU-v6e", "TPU v6e (Trillium)", "tpu"),
)

_CUSTOM_VENDORS = frozenset({"aws", "google"})


def accelerators(hardware: Sequence[RawRow]) -> list[Accelerator]:
    """The chips of the catalog, from the rows of hardware.csv."""
    by_name = {row["accelerator"]: row for row in hardware}
    return [_accelerator(chip, by_name[chip.row]) for chip in _CHIPS]


def _accelerator(chip: _Chip, row: RawRow) -> Accelerator:
    stated = re.match(r"[0-9.]+", row["hbm_gb"])
    memory_gb = chip.memory_gb or float(stated[0] if stated else "nan")
    vendor_says = row["evidence"].startswith("vendor")
    return Accelerator(
        accelerator=chip.accelerator,
        chip_vendor=row["vendor"],
        family=chip.family,
        stack=row["stack"].lower(),
        silicon=Silicon.CUSTOM if row["vendor"] in _CUSTOM_VENDORS else Silicon.GPU,
        memory_gb=memory_gb,
        source="; ".join(filter(None, (row["source"], chip.note))),
        as_of=READ_ON,
        evidence=Evidence.VENDOR if vendor_says else Evidence.INDEPENDENT,
        licence="single fact, cited",
    )
