"""The bundled price tables, looked up by what a buyer would say; a price that is not there is an error, not a guess."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

FILES = ("prices.csv", "prices.cc-by-sa.csv")
GLOBAL = ""
"""Region of prices that hold in every region of a provider."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A public price and where it stands."""

    usd_per_node_hour: Decimal
    source: str
    as_of: date
    evidence: str
    licence: str
    what: str
    """The price in words, for the rules of fictitious quotes."""


Key = tuple[str, str, str, str, str]


class PriceBook:
    """Public prices by provider, instance, region, price model and term."""

    def __init__(self, bundled: Path) -> None:
        self._rows: dict[Key, list[Mapping[str, str]]] = {}
        for name in FILES:
            with (bundled / name).open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    self._rows.setdefault(_key(row), []).append(row)

    def price(self, provider: str, instance: str, region: str, model: str, term_months: int | None = None) -> Quoted:
        """The price; the cheapest zone where a source states several; KeyError where there is none."""
        term = "" if term_months is None else str(term_months)
        rows = self._rows.get((provider, instance, region, model, term))
        if rows is None:
            raise KeyError(f"no {model} price of {provider} {instance} in {region!r} (term {term or 'none'})")
        row = min(rows, key=lambda one: Decimal(one["price_usd_per_node_hour"]))
        where = f" {region}" if region else ""
        committed = f"{term}-month commitment" if term else "effective reserved rate"
        kind = {"on_demand": "on-demand list", "committed": committed}.get(model, model.replace("_", " "))
        return Quoted(
            usd_per_node_hour=Decimal(row["price_usd_per_node_hour"]),
            source=row["source"],
            as_of=date.fromisoformat(row["as_of"]),
            evidence=row["evidence"],
            licence=row["licence"],
            what=f"{kind} of {instance}{where} on {row['as_of']}",
        )

    def chips(self, provider: str, instance: str) -> tuple[str, int]:
        """The accelerator of an instance and how many a node has."""
        for key in sorted(self._rows):
            if key[:2] == (provider, instance):
                row = self._rows[key][0]
                return row["accelerator"], int(row["accelerators_per_node"])
        raise KeyError(f"no price of {provider} {instance}")


def _key(row: Mapping[str, str]) -> Key:
    return row["provider"], row["instance_type"], row["region"], row["price_model"], row["term_months"]
