"""models.csv and quality.csv: memory from the shapes in config.json, quality from published comparisons.

    parameters = layers * (attention + feed-forward) + embedding + output head
    kv_kb_per_token = layers * 2 * key-value heads * head size * 2 bytes / 1000

The cache is counted at 2 bytes whatever the precision of the weights: an upper bound, as some engines keep it in
8 bit.
"""

from dataclasses import dataclass

from catalog.accelerators import ModelPrecision, Quality
from catalog.bundling.aliases import UNSTATED
from catalog.bundling.chips import READ_ON
from catalog.records import Evidence

CONFIGS = "aiconfigurator-core 0.12.0 (PyPI) model_configs"
MXFP4_BITS = 4.25
"""Bits per expert weight of gpt-oss in MXFP4, as its makers state it."""
BYTES = {"bf16": 2.0, UNSTATED: 2.0, "fp8": 1.0, "int8": 1.0, "fp4": 1.0}
"""Bytes per weight of the layers; 4 bit is counted as 8, an upper bound that needs no figure for its scales."""


@dataclass(frozen=True, slots=True)
class ModelShape:
    """What of a config.json decides memory."""

    model: str
    config: str
    layers: int
    hidden: int
    feed_forward: int
    """Width of a dense feed-forward block, or of one expert."""
    heads: int
    kv_heads: int
    head_size: int
    vocabulary: int
    precisions: tuple[str, ...]
    experts: int = 1
    """Experts per layer, the shared one included."""
    dense_layers: int = 0
    """Layers with a dense block of `dense_feed_forward` in place of experts."""
    dense_feed_forward: int = 0
    latent: tuple[int, int, int, int] | None = None
    """Multi-head latent attention: query rank, key-value rank, rope and nope size of a head."""

    @property
    def attention(self) -> int:
        """Weights of attention in one layer."""
        if self.latent is None:
            return self.hidden * self.head_size * (2 * self.heads + 2 * self.kv_heads)
        query, key_value, rope, nope = self.latent
        query_weights = self.hidden * query + query * self.heads * (rope + nope)
        kv_weights = self.hidden * (key_value + rope) + key_value * self.heads * (nope + self.head_size)
        return query_weights + kv_weights + self.heads * self.head_size * self.hidden

    @property
    def expert_weights(self) -> int:
        """Weights of all feed-forward blocks (gate, up and down) but the dense ones of a mixture."""
        return 3 * self.hidden * self.feed_forward * self.experts * (self.layers - self.dense_layers)

    @property
    def other_weights(self) -> int:
        """Attention and dense feed-forward weights of all layers."""
        return self.layers * self.attention + 3 * self.hidden * self.dense_feed_forward * self.dense_layers

    @property
    def embeddings(self) -> int:
        """Embedding and output head; kept in 16 bit at every precision."""
        return 2 * self.vocabulary * self.hidden

    @property
    def parameters(self) -> int:
        """All weights but norms, biases and routers (below 0.1 %)."""
        return self.expert_weights + self.other_weights + self.embeddings

    def weights_gb(self, precision: str) -> float:
        """Memory of the weights."""
        if precision == "mxfp4":
            return (self.expert_weights * MXFP4_BITS / 8 + 2 * (self.other_weights + self.embeddings)) / 1e9
        return ((self.expert_weights + self.other_weights) * BYTES[precision] + 2 * self.embeddings) / 1e9

    @property
    def kv_kb_per_token(self) -> float:
        """Cache of one token at 2 bytes a number."""
        per_layer = sum(self.latent[1:3]) if self.latent else 2 * self.kv_heads * self.head_size
        return self.layers * per_layer * 2 / 1000


SHAPES = (
    ModelShape("llama-3-8b", "meta-llama--Meta-Llama-3.1-8B", 32, 4096, 14336, 32, 8, 128, 128256,
               ("bf16", "fp8", "int8", UNSTATED)),
    ModelShape("llama-3-70b", "meta-llama--Meta-Llama-3.1-70B", 80, 8192, 28672, 64, 8, 128, 128256,
               ("bf16", "fp8", UNSTATED)),
    ModelShape("llama-3.1-405b", "meta-llama--Meta-Llama-3.1-405B", 126, 16384, 53248, 128, 8, 128, 128256,
               ("bf16", "fp8", "fp4")),
    ModelShape("mixtral-8x7b", "mistralai--Mixtral-8x7B-v0.1", 32, 4096, 14336, 32, 8, 128, 32000,
               ("bf16", UNSTATED), experts=8),
    ModelShape("qwen3-32b", "Qwen--Qwen3-32B-FP8", 64, 5120, 25600, 64, 8, 128, 151936, ("bf16", "fp8")),
    ModelShape("qwen3-235b-a22b", "Qwen--Qwen3-235B-A22B-FP8", 94, 4096, 1536, 64, 4, 128, 151936,
               ("bf16", "fp8"), experts=128),
    ModelShape("gpt-oss-120b", "openai--gpt-oss-120b", 36, 2880, 2880, 64, 8, 64, 201088,
               ("mxfp4",), experts=128),
    ModelShape("deepseek-v3", "deepseek-ai--DeepSeek-V3", 61, 7168, 2048, 128, 128, 128, 129280, ("fp8",),
               experts=257, dense_layers=3, dense_feed_forward=18432, latent=(1536, 512, 64, 128)),
)  # fmt: skip
"""Shapes as their config.json states them."""


def model_precisions() -> list[ModelPrecision]:
    """Memory of every model at every precision that some row of the catalog uses."""
    return [
        ModelPrecision(
            model=shape.model,
            precision=precision,
            weights_gb=round(shape.weights_gb(precision), 3),
            kv_kb_per_token=round(shape.kv_kb_per_token, 3),
            source=f"computed from {CONFIGS}/{shape.config}_config.json{_note(precision)}",
            as_of=READ_ON,
            evidence=Evidence.INDEPENDENT,
            licence="Apache-2.0",
        )
        for shape in SHAPES
        for precision in shape.precisions
    ]


def _note(precision: str) -> str:
    return {
        UNSTATED: "; precision not stated by the source of the speed: counted as 16 bit",
        "fp4": "; 4-bit weights counted as 8 bit (upper bound)",
        "mxfp4": "; experts at 4.25 bit per weight (OpenAI's statement on gpt-oss), the rest in 16 bit",
    }.get(precision, "")


_BY_DEFINITION = "by convention: the published precision is the reference"
_CARD = "model card on huggingface.co, OpenLLM v1 average: "
_MLPERF = "MLPerf Inference v5.1 closed division: at least 99 % of FP16 (mlcommons/inference llama3.1-405b)"

_SCORES = (
    ("llama-3-8b", "bf16", ("cuda", "rocm", "neuron", "xla"), 100.0, _BY_DEFINITION),
    ("llama-3-70b", "bf16", ("cuda", "rocm", "neuron", "xla"), 100.0, _BY_DEFINITION),
    ("llama-3.1-405b", "bf16", ("cuda", "rocm", "neuron", "xla"), 100.0, _BY_DEFINITION),
    ("mixtral-8x7b", "bf16", ("cuda", "rocm"), 100.0, _BY_DEFINITION),
    ("gpt-oss-120b", "mxfp4", ("cuda",), 100.0, _BY_DEFINITION),
    ("deepseek-v3", "fp8", ("cuda",), 100.0, _BY_DEFINITION),
    ("llama-3-8b", "fp8", ("cuda",), 99.5, _CARD + "73.44 of 73.79 (nmagic Meta-Llama-3.1-8B-Instruct-FP8)"),
    ("llama-3-70b", "fp8", ("cuda",), 99.9, _CARD + "84.29 of 84.40 (RedHatAI Meta-Llama-3.1-70B-Instruct-FP8)"),
    ("llama-3.1-405b", "fp8", ("cuda",), 99.0, _MLPERF),
    ("llama-3.1-405b", "fp4", ("cuda",), 99.0, _MLPERF),
)


def quality_scores() -> list[Quality]:
    """Scores that a source states; what is not here is unknown, and is refused where a bar is set."""
    return [
        Quality(model=model, precision=precision, stack=stack, quality_score=score, source=source)
        for model, precision, stacks, score, source in _SCORES
        for stack in stacks
    ]
