"""The small example with a twin of everything: whatever is chosen could as well be its twin."""

from pathlib import Path
from random import Random

from tests.loading_folder import Folder

TWINS = (
    ("offerings.csv", "south-asic,south-cloud", "south-twin,south-cloud"),
    ("contracts.csv", "south-on-demand,on_demand,south-asic", "south-on-demand-twin,on_demand,south-twin"),
    ("contracts.csv", "south-reserved-3m,reserved,south-asic", "south-reserved-twin,reserved,south-twin"),
    ("contracts.csv", "south-reserved-3m,reserved,south-asic", "south-reserved-3m-twin,reserved,south-asic"),
    ("contracts.csv", "north-spot,spot,north-gpu", "north-spot-twin,spot,north-gpu"),
    ("held_contracts.csv", "north-held-2025", "north-held-twin"),
)
"""File, how a row begins, and how its twin does."""

TAKE_OR_PAY = """\
contract,kind,offering,price_usd_per_node_hour,term_months,firm,minimum_node_hours_per_month,window_months,make_up_right,source,as_of
flexible-b,take_or_pay,south-asic,18,3,true,400,1,true,invented for this test,2026-11-01
flexible-a,take_or_pay,south-twin,18,3,true,400,1,true,invented for this test,2026-11-01
"""
MIGRATIONS = """\
migration,model,stack,engineering_usd,engineering_months,lead_months,source,as_of,evidence
port-m,model-m,asic-stack,900,1,1,invented for this test,2026-11-01,vendor
"""
OUTLOOKS = "outlook,probability\nnorth-wind,0.5\nsouth-wind,0.5\n"
EFFECTS = """\
outlook,effect,of,name,first_month,value
north-wind,demand,workload,chat,2027-02,0.5
south-wind,demand,workload,chat,2027-02,0.5
north-wind,on_demand_price,all,*,,1.5
south-wind,on_demand_price,all,*,,1.5
"""


def tied(path: Path) -> Folder:
    """Twin offerings, contracts of every kind, and outlooks; January and March ask for the same."""
    folder = Folder(path)
    for file, row, twin in TWINS:
        folder.add(file, _row(folder, file, row).replace(row, twin, 1))
    folder.write("contracts.flexible.csv", TAKE_OR_PAY)
    folder.write("outlooks.csv", OUTLOOKS)
    return folder.write("outlook_effects.csv", EFFECTS)


def migrating(path: Path) -> Folder:
    """The small example with a stack that must first be moved to, and no rule that needs it at once."""
    folder = Folder(path).write("migrations.csv", MIGRATIONS)
    text = (folder.path / "scenario.yaml").read_text(encoding="utf-8")
    rules = text.index("\n  concentration:")
    return folder.write("scenario.yaml", text[:rules] + "\n")


def _row(folder: Folder, file: str, start: str) -> str:
    lines = (folder.path / file).read_text(encoding="utf-8").splitlines()
    (row,) = [line for line in lines if line.startswith(start)]
    return row


def shuffled(folder: Folder, draw: Random) -> Folder:
    """The rows of every table of the folder in another order."""
    for table in sorted(folder.path.glob("*.csv")):
        header, *rows = table.read_text(encoding="utf-8").splitlines()
        draw.shuffle(rows)
        folder.write(table.name, "\n".join([header, *rows]) + "\n")
    return folder
