"""What an offering draws and is: from the catalog, from owned terms, from the policy where nothing is known."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from catalog.footprint import AcceleratorPower, Answer, Locality, RatedScope, RegionEnergy, SovereigntyRating
from scenarios.footprint import Footprint, api_portability
from scenarios.policy import UnknownFigures
from tests.builders import SOURCED, a_catalog, an_api_offer, an_offering, an_owned


def power(kw: float = 1.5, **overrides: Any) -> AcceleratorPower:
    return AcceleratorPower(**(SOURCED | {"accelerator": "gpu-a", "power_kw": kw} | overrides))


def energy(**overrides: Any) -> RegionEnergy:
    return RegionEnergy(**(SOURCED | {"region": "region-a", "grid_g_co2e_per_kwh": 300.0, "pue": 1.2} | overrides))


def a_rating(scope: RatedScope, name: str, **overrides: Any) -> SovereigntyRating:
    scores = {"ip_ownership": 0.0, "fabrication_diversity": 0.0, "compiler_openness": 0.0, "energy_integration": 0.0}
    return SovereigntyRating(**(SOURCED | scores | {"scope": scope, "name": name} | overrides))


def of(**overrides: Any) -> Footprint:
    """node-a: eight gpu-a in region-a."""
    node = an_offering(accelerators_per_node=8, **overrides.pop("offering", {}))
    return Footprint(a_catalog(offerings=(node,), **overrides))


def test_a_node_draws_what_its_accelerators_draw_and_the_site_as_much_more_as_its_pue_says() -> None:
    known = of(accelerator_power=(power(),), region_energy=(energy(),))
    assert known.node_kw("node-a") == pytest.approx(12.0)
    assert known.site_kw("node-a") == pytest.approx(14.4)
    assert known.grid_g_co2e_per_kwh("node-a") == 300.0


def test_a_figure_that_includes_the_facility_has_no_pue_put_on_top() -> None:
    assert of(accelerator_power=(power(includes_facility=True),), region_energy=(energy(),)).site_kw(
        "node-a"
    ) == pytest.approx(12.0)


def test_owned_terms_say_what_their_nodes_draw_the_lowest_id_of_several() -> None:
    owned = [
        an_owned(name, power_kw_per_node=kw, pue=Decimal("1.5")) for name, kw in (("own-b", 20.0), ("own-a", 10.0))
    ]
    known = replace(of(accelerator_power=(power(),)), owned=tuple(owned))
    assert (known.node_kw("node-a"), known.site_kw("node-a")) == (10.0, 15.0)


def test_what_the_catalog_does_not_know_is_what_the_policy_says_or_nothing() -> None:
    assert (of().node_kw("node-a"), of().site_kw("node-a"), of().grid_g_co2e_per_kwh("node-a")) == (None, None, None)
    stated = UnknownFigures(power_kw_per_accelerator=1.0, pue=1.25, grid_g_co2e_per_kwh=400.0)
    filled = replace(of(), unknown=stated)
    assert (filled.node_kw("node-a"), filled.site_kw("node-a")) == (8.0, 10.0)
    assert filled.grid_g_co2e_per_kwh("node-a") == 400.0


def test_the_rating_of_an_offering_stands_before_that_of_its_accelerator_as_a_whole() -> None:
    chip = a_rating(RatedScope.ACCELERATOR, "gpu-a", portable_in_24_hours=Answer.YES)
    node = a_rating(RatedScope.OFFERING, "node-a", ip_ownership=50.0)
    assert of(sovereignty=(chip,)).portability("node-a") == "portable"
    both = of(sovereignty=(chip, node))
    assert both.rating("node-a") == node
    assert both.portability("node-a") == of().portability("node-a") == "not_portable"


def test_an_edge_and_an_own_site_are_local_as_well() -> None:
    places = {locality: of(offering={"locality": locality}).localities("node-a") for locality in Locality}
    assert places == {
        Locality.CLOUD: ("cloud",),
        Locality.EDGE: ("edge", "local"),
        Locality.OWN_SITE: ("own_site", "local"),
    }


def test_an_api_offer_has_an_answer_of_its_own() -> None:
    assert api_portability(an_api_offer()) == "not_portable"
    assert api_portability(an_api_offer(portable_in_24_hours=Answer.YES)) == "portable"
