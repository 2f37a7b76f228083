"""A fleet that can choose between H200 and MI325X nodes for Llama 2 70B, with MLPerf results as its only measurements.

Run, policy and region are those of the tiny scenario. Memory of the chips is that of their vendors; a node of H200
costs 28.00 USD by the hour, one of MI325X 0.88 of it.
"""

from pathlib import Path

from tests import tiny_folder
from tests.importing.folders import a_csv
from tests.tiny_folder import SOURCED

EXCERPT = Path(__file__).parent / "data" / "mlperf_v5.1_excerpt.json"
H200_USD, MI325X_USD = "28", "24.64"
FILES = tiny_folder.FILES | {
    "accelerators.csv": f"""\
accelerator,chip_vendor,family,stack,silicon,memory_gb,source,as_of
H200-141GB,nvidia,hopper,cuda,gpu,141,{SOURCED}
MI325X-256GB,amd,cdna3,rocm,gpu,256,{SOURCED}
""",
    "models.csv": f"""\
model,precision,weights_gb,kv_kb_per_token,source,as_of
llama-2-70b,fp8,69,164,{SOURCED}
""",
    "quality.csv": "model,precision,stack,quality_score,source\nllama-2-70b,fp8,cuda,99,test\n",
    "offerings.csv": f"""\
offering,provider,region,accelerator,accelerators_per_node,list_price_usd_per_node_hour,stock_nodes,quota_nodes,source,as_of
h200,cloud-a,region-a,H200-141GB,8,{H200_USD},100,100,{SOURCED}
mi325x,cloud-b,region-a,MI325X-256GB,8,{MI325X_USD},100,100,{SOURCED}
""",
    "goodput_points.csv": f"""\
point,curve,model,precision,accelerator,stack,engine,accelerators_per_replica,input_tokens,output_tokens,output_tok_per_s,source,as_of,evidence
slow,slow,llama-2-70b,fp8,H200-141GB,cuda,none,8,1024,294.45,1,{SOURCED},roofline
""",
    "contracts.csv": f"""\
contract,kind,offering,price_usd_per_node_hour,source,as_of
h200-hour,on_demand,h200,{H200_USD},{SOURCED}
mi325x-hour,on_demand,mi325x,{MI325X_USD},{SOURCED}
""",
    "workloads.csv": """\
workload,model,geographies,shortfall_price_usd_per_mtok,ttft_limit_ms,tpot_limit_ms,slo_percentile
chat,llama-2-70b,geo-a,1000,2000,200,99
""",
    "size_classes.csv": "workload,size_class,input_tokens,output_tokens,request_share\nchat,all,1024,294.45,1\n",
    "demand.csv": "workload,month,accepted_output_mtok\nchat,2027-01,1000000\nchat,2027-02,1000000\n",
}


def an_mlperf_fleet(folder: Path) -> Path:
    """The folder, written."""
    fleet = folder / "fleet"
    fleet.mkdir()
    for name, text in FILES.items():
        (fleet / name).write_text(text, encoding="utf-8")
    return fleet


def names_of_llama2(folder: Path) -> Path:
    """What the results call the model."""
    return a_csv(folder, "column,name,stands_for", "model,llama2-70b-99,llama-2-70b", name="names.csv")


def lengths_of_llama2(folder: Path) -> Path:
    """Output as the rules state it, input at its limit: its mean is not published, and requests of this size need none.

    Points of one size say how long a request of that size takes, whatever stands under its input (decision 0002).
    """
    row = (
        'llama2-70b,1024,294.45,"output: mlcommons/inference language/llama2-70b/README.md; input: its limit, no mean"'
    )
    return a_csv(folder, "model,input_tokens,output_tokens,source", row, name="lengths.csv")
