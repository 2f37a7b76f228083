"""A scenario folder of one workload that is served on demand only, so that its cost is worked out by hand.

A node carries 10 requests/s of 100 + 100 tokens. Ten are asked in January (744 hours) and February (672), at 10 USD a
node-hour: one node for 1,416 hours, 14,160 USD.
"""

from pathlib import Path

from optimizer.finding import PlanOptions
from optimizer.living.living import LivingModel
from optimizer.plan import Plan
from optimizer.run import plan_fleet
from optimizer.sensitivity.measuring import SensitivityOptions, with_sensitivity
from scenarios.inputs import Inputs

LONG = SensitivityOptions(time_limit_s=600)
COST_USD = 14160
SOURCED = "test,2026-11-01"
FILES = {
    "scenario.yaml": """\
scenario: tiny
run:
  first_month: 2027-01
  months: 2
  order_date: 2026-12-01
  discount_rate_per_year: 0
  beyond_horizon_weight: 0
  usable_share: 1
  load_blocks: 1
  gap_share: 0
  gap_usd: 0
policy:
  haircut_share: {measured: 0, independent: 0, modelled: 0, vendor: 0, roofline: 0}
  percentile_factor: {measured: 1, independent: 1, modelled: 1, vendor: 1, roofline: 1}
""",
    "accelerators.csv": f"""\
accelerator,chip_vendor,family,stack,silicon,memory_gb,source,as_of
gpu-a,vendor-a,family-a,stack-a,gpu,80,{SOURCED}
""",
    "models.csv": f"""\
model,precision,weights_gb,kv_kb_per_token,source,as_of
model-a,fp8,8,100,{SOURCED}
""",
    "quality.csv": "model,precision,stack,quality_score,source\nmodel-a,fp8,stack-a,99,test\n",
    "regions.csv": "region,geography\nregion-a,geo-a\n",
    "offerings.csv": f"""\
offering,provider,region,accelerator,accelerators_per_node,list_price_usd_per_node_hour,stock_nodes,quota_nodes,source,as_of
node-a,cloud-a,region-a,gpu-a,1,10,10,10,{SOURCED}
""",
    "goodput_points.csv": f"""\
point,curve,model,precision,accelerator,stack,engine,accelerators_per_replica,input_tokens,output_tokens,output_tok_per_s,source,as_of,evidence
point-a,curve-a,model-a,fp8,gpu-a,stack-a,engine-a,1,100,100,1000,{SOURCED},measured
""",
    "contracts.csv": f"""\
contract,kind,offering,price_usd_per_node_hour,source,as_of
od-a,on_demand,node-a,10,{SOURCED}
""",
    "workloads.csv": """\
workload,model,geographies,shortfall_price_usd_per_mtok
chat,model-a,geo-a,1000
""",
    "size_classes.csv": "workload,size_class,input_tokens,output_tokens,request_share\nchat,all,100,100,1\n",
    "demand.csv": "workload,month,accepted_requests_per_s\nchat,2027-01,10\nchat,2027-02,10\n",
}


def tiny(folder: Path, edits: dict[str, tuple[str, str]] | None = None) -> Inputs:
    """The folder, written and read; `edits` replaces a text of a file that must be there."""
    for name, text in FILES.items():
        old, new = (edits or {}).get(name, ("", ""))
        assert old in text, f"{old!r} is not in {name}"
        (folder / name).write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")
    return Inputs.read(folder)


def planned(inputs: Inputs) -> Plan:
    """The plan of a folder as it is."""
    return plan_fleet(inputs.load().scenario, PlanOptions(with_baselines=False))


def measured(inputs: Inputs, options: SensitivityOptions = LONG) -> Plan:
    """The plan with what moves its cost most."""
    with LivingModel() as living:
        plan = plan_fleet(inputs.load().scenario, PlanOptions(with_baselines=False, on_found=living.learn))
        return with_sensitivity(plan, lambda changes: inputs.load(changes).scenario, living, options)
