"""One name per model, chip and precision, whatever the sources call them."""

MODELS = {
    # Llama 3, 3.1 and 3.3 of one size share their config.json but for the scaling of positions: same layers, heads
    # and weights to read, so the same speed.
    "meta-llama/Meta-Llama-3-8B": "llama-3-8b",
    "Llama-3-8B": "llama-3-8b",
    "meta-llama/Meta-Llama-3.1-8B": "llama-3-8b",
    "meta-llama/Meta-Llama-3-70B": "llama-3-70b",
    "Llama-3-70B": "llama-3-70b",
    "meta-llama/Meta-Llama-3.1-70B": "llama-3-70b",
    "Llama-3.3-70B-Instruct": "llama-3-70b",
    "llama3.1-405b": "llama-3.1-405b",
    "Llama-3.1-405B-FP8": "llama-3.1-405b",
    "Llama-3.1-405B-FP8 (1FP8-meta)": "llama-3.1-405b",
    "Llama-3.1-405B-FP8 (1FP8-amd)": "llama-3.1-405b",
    "mistralai/Mixtral-8x7B-v0.1": "mixtral-8x7b",
    "Qwen/Qwen3-32B-FP8": "qwen3-32b",
    "Qwen/Qwen3-235B-A22B-FP8": "qwen3-235b-a22b",
    "openai/gpt-oss-120b": "gpt-oss-120b",
    "deepseek-ai/DeepSeek-V3": "deepseek-v3",
}
"""Name in a source -> model of the catalog. What is not here is not carried over: Llama 2 70B, for one, is another
model (vocabulary, context) and stays apart from Llama 3 70B."""

ACCELERATORS = {
    "A100-40GB": "A100-40GB",
    "A100-80GB": "A100-80GB",
    "H100-80GB": "H100-80GB",
    "H200-141GB": "H200-141GB",
    "B200-180GB": "B200-180GB",
    "B300": "B300",
    "GB200": "GB200",
    "GB300": "GB300",
    "L40S": "L40S",
    "RTX-PRO-6000": "RTX-PRO-6000",
    "MI300X-192GB": "MI300X-192GB",
    "MI355X-288GB": "MI355X-288GB",
    "Inferentia2": "Inferentia2",
    "Trainium1": "Trainium1",
    "Trainium2": "Trainium2",
    "TPU-v6e (Trillium)": "TPU-v6e",
}
"""Name in a source -> chip of the catalog."""

UNSTATED = "unstated"
"""Precision of rows whose source does not say it: counted as 16 bit in memory, and without a quality score."""

PRECISIONS = {
    "bfloat16": "bf16",
    "bf16": "bf16",
    "fp8": "fp8",
    "fp8_block": "fp8",
    "fp4": "fp4",
    "int8": "int8",
    "": UNSTATED,
}
"""Name in a source -> precision of the catalog."""


def precision_of(source_model: str, source_precision: str) -> str:
    """The precision of the weights that a row is about.

    AIConfigurator states the precision of the dense layers. gpt-oss-120b is published with its experts, nine
    tenths of the weights, in MXFP4 (quantization_config of its config.json), and so it is named.

    >>> precision_of("openai/gpt-oss-120b", "bfloat16"), precision_of("Llama-3-8B", "int8")
    ('mxfp4', 'int8')
    """
    return "mxfp4" if MODELS[source_model] == "gpt-oss-120b" else PRECISIONS[source_precision]
