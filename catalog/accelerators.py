"""Accelerators, the models that run on them, and the quality they reach there."""

from enum import StrEnum

from catalog.records import Count, Id, Positive, Record, Sourced, Text


class Silicon(StrEnum):
    """Whether a chip is a general GPU or a custom design."""

    GPU = "gpu"
    CUSTOM = "custom"


class Accelerator(Sourced):
    """One chip as it is sold: who makes it, which software runs it, how much it remembers."""

    accelerator: Id
    """Name of the chip, for example H100-80GB."""
    chip_vendor: Id
    """Maker of the chip."""
    family: Id
    """Accelerator family, for example hopper."""
    stack: Id
    """Software stack, for example cuda, rocm, neuron or xla."""
    silicon: Silicon
    """gpu or custom."""
    memory_gb: Positive
    """Memory of one chip in GB."""
    memory_bandwidth_tb_per_s: Positive | None = None
    """For the roofline: TB a second between a chip and its memory; blank if not known (then it has no roofline)."""
    dense_tflops_bf16: Positive | None = None
    """For the roofline: dense TFLOP/s of one chip in 16 bit."""
    dense_tflops_fp8: Positive | None = None
    """For the roofline: dense TFLOP/s of one chip in 8 bit."""
    dense_tflops_fp4: Positive | None = None
    """For the roofline: dense TFLOP/s of one chip in 4 bit."""


class ModelPrecision(Sourced):
    """The memory a model needs at one precision."""

    model: Id
    precision: Id
    """Precision of the weights, for example fp8 or bf16."""
    weights_gb: Positive
    """Weights of the whole model in GB."""
    kv_kb_per_token: Positive
    """Key-value cache of one token of one request, in kB (1,000 bytes)."""
    active_parameters_billion: Positive | None = None
    """For the roofline: billions of parameters that each token passes through; blank if not known."""
    longest_context_tokens: Count | None = None
    """Most tokens of prompt and answer together; blank if not known (then it is not checked)."""


class Quality(Record):
    """How well a model does at a precision on a stack, on the scale that the workloads' bars use."""

    model: Id
    precision: Id
    stack: Id
    quality_score: Positive
    """Score; by convention 100 is the reference model at its published precision."""
    source: Text
