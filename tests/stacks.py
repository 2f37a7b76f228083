"""Two stacks to serve on, so that there is something to migrate to."""

from catalog.accelerators import ModelPrecision, Quality
from catalog.book import Catalog
from tests.builders import SOURCED, a_point, an_accelerator, an_offering, ten_requests_a_node


def two_stacks(*models: str) -> Catalog:
    """node-a runs on stack-a, node-b on stack-b; either carries 10 requests/s of any of the models."""
    precision = {"precision": "fp8"}
    return ten_requests_a_node(
        accelerators=(an_accelerator(), an_accelerator("gpu-b", chip_vendor="vendor-b", stack="stack-b")),
        offerings=(an_offering(), an_offering("node-b", provider="cloud-b", accelerator="gpu-b")),
        models=tuple(
            ModelPrecision(model=m, weights_gb=8.0, kv_kb_per_token=100.0, **precision, **SOURCED) for m in models
        ),
        quality=tuple(
            Quality(model=m, stack=stack, quality_score=99.0, source="test", **precision)
            for m in models
            for stack in ("stack-a", "stack-b")
        ),
        goodput_points=tuple(
            a_point(f"{m}-{x}", curve=f"{m}-{x}", model=m, accelerator=f"gpu-{x}", stack=f"stack-{x}")
            for m in models
            for x in ("a", "b")
        ),
    )
