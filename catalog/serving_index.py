"""A catalog arranged for the questions of serving (decision 0002, step 2).

A configuration is the goodput points of a model on an accelerator that share precision, engine,
accelerators per replica and curve. Points are grouped once per catalog.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from catalog.accelerators import Accelerator, ModelPrecision
from catalog.book import Catalog
from catalog.goodput import GoodputPoint, PricePerformanceClaim, Role
from catalog.serving import Slo

Key = tuple[str, str, int, str]
"""Precision, engine, accelerators per replica, curve (or claim): the last tie-break of a choice."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: a request of one size of a model, inside an SLO, at a quality."""

    model: str
    input_tokens: float
    output_tokens: float
    cache_hit_share: float
    slo: Slo
    quality_bar: float


@dataclass(frozen=True, eq=False)
class Configuration:
    """The points of one run of a model on an accelerator, by size; compared by identity."""

    model: str
    accelerator: str
    precision: str
    engine: str
    accelerators_per_replica: int
    curve: str
    sizes: tuple[tuple[GoodputPoint, ...], ...]
    """Points of each (input_tokens, output_tokens), sizes in order, points by id."""

    @property
    def key(self) -> Key:
        """Order among configurations of equal worth."""
        return (self.precision, self.engine, self.accelerators_per_replica, self.curve)

    @property
    def role(self) -> Role:
        """What its points do: they are alike in it."""
        return self.sizes[0][0].role

    @property
    def words(self) -> str:
        """The configuration for the reader, for example H100-80GB (vllm, fp8, 8 chips)."""
        chips = "1 chip" if self.accelerators_per_replica == 1 else f"{self.accelerators_per_replica} chips"
        return f"{self.accelerator} ({self.engine}, {self.precision}, {chips})"


@dataclass(frozen=True, eq=False)
class ServingIndex:
    """A catalog arranged for the questions of serving; compared by identity."""

    accelerator: Mapping[str, Accelerator]
    configurations: Mapping[tuple[str, str], tuple[Configuration, ...]]
    """By (model, accelerator), in order of key: those that serve whole requests."""
    configurations_of_role: Mapping[Role, Mapping[tuple[str, str], tuple[Configuration, ...]]]
    """The same of the two roles of a split."""
    memory: Mapping[tuple[str, str], ModelPrecision]
    """By (model, precision)."""
    quality_score: Mapping[tuple[str, str, str], float]
    """By (model, precision, stack)."""
    claims: Mapping[str, tuple[PricePerformanceClaim, ...]]
    """By the accelerator that is praised."""


class _Same:
    """A catalog compared by identity: hashing its thousands of points would cost more than the answer."""

    __slots__ = ("catalog",)

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    def __hash__(self) -> int:
        return id(self.catalog)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.catalog is other.catalog


def index_of(catalog: Catalog) -> ServingIndex:
    """The catalog's index, built once for each catalog in use."""
    return _index_of(_Same(catalog))


@lru_cache(maxsize=8)
def _index_of(same: _Same) -> ServingIndex:
    catalog = same.catalog
    claims: dict[str, list[PricePerformanceClaim]] = {}
    for claim in sorted(catalog.claims, key=lambda row: row.claim):
        claims.setdefault(claim.accelerator, []).append(claim)
    of_role: dict[Role, list[GoodputPoint]] = {role: [] for role in Role}
    for point in catalog.goodput_points:
        of_role[point.role].append(point)
    return ServingIndex(
        accelerator=catalog.accelerator,
        configurations=_grouped(of_role[Role.AGGREGATED]),
        configurations_of_role={role: _grouped(of_role[role]) for role in (Role.PREFILL, Role.DECODE)},
        memory={(row.model, row.precision): row for row in catalog.models},
        quality_score={(row.model, row.precision, row.stack): row.quality_score for row in catalog.quality},
        claims={accelerator: tuple(rows) for accelerator, rows in claims.items()},
    )


def _grouped(points: Iterable[GoodputPoint]) -> dict[tuple[str, str], tuple[Configuration, ...]]:
    """Configurations by (model, accelerator)."""
    runs: dict[tuple[str, str, Key], dict[tuple[float, float], list[GoodputPoint]]] = {}
    for point in sorted(points, key=lambda row: row.point):
        key = (point.precision, point.engine, point.accelerators_per_replica, point.curve)
        sizes = runs.setdefault((point.model, point.accelerator, key), {})
        sizes.setdefault((point.input_tokens, point.output_tokens), []).append(point)
    found: dict[tuple[str, str], list[Configuration]] = {}
    for model, accelerator, key in sorted(runs):
        sizes = runs[model, accelerator, key]
        found.setdefault((model, accelerator), []).append(
            Configuration(model, accelerator, *key, tuple(tuple(sizes[size]) for size in sorted(sizes)))
        )
    return {pair: tuple(rows) for pair, rows in found.items()}
