"""A folder with one workload and whole numbers, so that the prices at which an offer enters can be worked out by hand.

3.2 answers a second keep one node of either chip busy, in every hour of three months (2,160 hours). North sells nodes
on demand at 40 USD; south sells by contracts that a test states. There is no rule, no discount and no gap.
"""

from collections.abc import Sequence
from pathlib import Path

from scenarios.inputs import Inputs
from tests.loading_folder import Folder

HOURS = 2160
NORTH_ON_DEMAND = "north-on-demand,on_demand,north-gpu,40,,,,,,,invented for this test,2026-11-01"
SOUTH_ON_DEMAND = "south-on-demand,on_demand,south-asic,30,,,,,,,invented for this test,2026-11-01"
_HEADER = (
    "contract,kind,offering,price_usd_per_node_hour,term_months,upfront,upfront_share,firm,lot_nodes,"
    "minimum_order_nodes,source,as_of"
)
_SCENARIO = """\
scenario: by-hand
run:
  first_month: 2027-01
  months: 3
  order_date: 2026-12-15
  discount_rate_per_year: 0
  beyond_horizon_weight: 1
  usable_share: 0.8
  load_blocks: 1
  gap_share: {gap_share}
  gap_usd: 0
  time_limit_s: 60
policy:
  haircut_share: {{measured: 0, independent: 0.2, modelled: 0.3, vendor: 0.4, roofline: 0.5}}
  percentile_factor: {{measured: 1, independent: 1, modelled: 1, vendor: 1, roofline: 1}}
"""
_WORKLOADS = """\
workload,model,geographies,accepted_share,shortfall_price_usd_per_mtok
chat,model-m,east-coast;west-coast,1,5000
"""


def south_reserved(price: str = "18", *, term: int = 3, minimum: str = "") -> str:
    """A reserved offer of whole nodes of south-asic, nothing upfront."""
    return (
        f"south-reserved,reserved,south-asic,{price},{term},none,0,true,1,{minimum},invented for this test,2026-11-01"
    )


SOUTH_IS_LOST = """\
  contingencies:
    - contingency: south-down
      lost: provider
      name: south-cloud
      floor_share: 1
      probability_per_year: 1
      duration_hours: 1000
      blocks: all
"""


def by_hand(
    path: Path,
    *contracts: str,
    nodes: Sequence[float] = (1.5, 1.5, 1.5),
    gap_share: float = 0.0,
    more_policy: str = "",
) -> Inputs:
    """The inputs with some contracts, and demand that keeps so many nodes busy in each month."""
    folder = Folder(path)
    for name in ("held_contracts.csv", "hourly_load.csv"):
        folder.delete(name)
    folder.write("scenario.yaml", _SCENARIO.format(gap_share=gap_share) + more_policy)
    folder.write("workloads.csv", _WORKLOADS)
    folder.keep("size_classes.csv", 1)
    folder.write("contracts.csv", "\n".join((_HEADER, *contracts, "")))
    rows = [f"chat,2027-{month:02},{3.2 * load:g}" for month, load in enumerate(nodes, start=1)]
    folder.write("demand.csv", "\n".join(("workload,month,accepted_requests_per_s", *rows, "")))
    return Inputs.read(folder.path)
