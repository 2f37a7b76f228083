"""The workbook and the screen of plans that serve by the token: what they hold, and that every check holds."""

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from optimizer.plan import Plan
from reports.console_plan import plan_screen
from reports.layout import Sheet
from reports.workbook import write_plan_workbook
from scenarios.policy import Grouping, ShareMeasure
from tests import test_workbook as rules
from tests.builders import (
    FIRST,
    a_policy,
    a_provisioned,
    a_size_class,
    a_workload,
    an_api_offer,
    an_effect,
    an_on_demand,
    an_outlook,
    day_and_night,
    nodes_of_load,
    run_settings,
)
from tests.proving import a_cap, planned
from tests.recalculation import disagreements
from tests.served_by_token import a_token_fleet
from tests.test_workbook_futures import RULES_OF_ALL_BOOKS, book_of, column

SHEETS = ("Api_Offers", "Unit_Offers", "Buy_Units", "Tokens_Bought", "Rate_Limits", "Unit_Use")


@cache
def two_futures() -> Plan:
    """Three ways at once: nodes of cloud-a, tokens of api-a within its limits, units for it now and later."""
    caps = (
        a_cap("tokens", cap_share=0.9),
        a_cap("place", by=Grouping.GEOGRAPHY, cap_share=1.0),
        a_cap("vendor", by=Grouping.CHIP_VENDOR, cap_share=0.9),
        a_cap("spend", measure=ShareMeasure.SPEND, cap_share=0.9),
    )
    return planned(
        a_token_fleet(
            run=run_settings(months=3, reveal_month=FIRST + 1),
            contracts=(an_on_demand(),),
            workloads=(a_workload(cache_hit_share=0.5, accepted_share=0.9, retry_share=0.1),),
            size_classes=(
                a_size_class(size_class="short", request_share=0.7),
                a_size_class(size_class="long", request_share=0.3, input_tokens=900.0),
            ),
            demand=nodes_of_load(2.0, 3),
            blocks=day_and_night("chat"),
            policy=a_policy(concentration=caps),
            api_offers=(
                an_api_offer(output_tok_per_s_limit=700.0, input_tok_per_s_limit=1500.0),
                an_api_offer("api-far", region="region-b", provider="cloud-u"),
            ),
            provisioned=(a_provisioned(term_months=1, step_units=2, maximum_units=4),),
            outlooks=(an_outlook("base"), an_outlook("high")),
            outlook_effects=(an_effect(first_month=FIRST + 1, value=1.5),),
        )
    )


@cache
def book() -> dict[str, Sheet]:
    return book_of(two_futures())


def failed(sheets: dict[str, Sheet]) -> set[str]:
    return {name for name, value in rules.status(sheets).items() if value != "OK"}


def test_the_case_has_everything() -> None:
    plan = two_futures()
    assert plan.placements
    assert {row.contract for row in plan.api_placements} == {None, "units-a"}
    assert {row.outlook for row in plan.provisioned} == {None, "base", "high"}
    assert plan.api_refusals


def test_every_check_holds_and_every_sheet_is_there() -> None:
    assert set(SHEETS) <= set(book())
    assert failed(book()) == set()
    assert sum("by the token" in name or "units" in name for name in rules.status(book())) >= 5


@pytest.mark.parametrize("rule", RULES_OF_ALL_BOOKS, ids=lambda rule: rule.__name__)
def test_the_rules_of_all_books_are_kept(rule: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "sheets", book)
    rule()


@pytest.mark.libreoffice
def test_libreoffice_finds_the_same_value_for_every_formula(tmp_path: Path) -> None:
    write_plan_workbook(two_futures(), tmp_path / "plan.xlsx")
    _, found = disagreements(tmp_path / "plan.xlsx", tmp_path)
    assert found == []


def test_a_cached_prompt_is_priced_right_from_the_record_to_the_cell() -> None:
    """Half of the answers are accepted, 3/4 of the prompt is cached (tests/families/test_api.py): 12.24 USD an hour.

    January: 2,678.4 accepted Mtok, 5,356.8 of output, 4,017.6 of cached and 1,339.2 of other input.
    """
    sheets = book_of(planned(a_token_fleet(workloads=(a_workload(cache_hit_share=0.75, accepted_share=0.5),))))
    bought, pay = sheets["Tokens_Bought"], sheets["Payments"]
    cells = {header: column(bought, header)[0] for header in ("Accepted Mtok", "Uncached input Mtok", "Output Mtok")}
    assert cells == pytest.approx({"Accepted Mtok": 2678.4, "Uncached input Mtok": 1339.2, "Output Mtok": 5356.8})
    assert column(bought, "USD per accepted Mtok") == pytest.approx([12.24 / 3.6] * 2)
    assert column(pay, "Part")[:3] == ["Uncached input", "Cached input", "Output"]
    assert column(pay, "Quantity")[:3] == pytest.approx([1339.2, 4017.6, 5356.8])
    assert column(pay, "Unit price USD")[:3] == pytest.approx([0.5, 0.1, 1.5])
    assert column(pay, "Amount USD")[:3] == pytest.approx([669.60, 401.76, 8035.20])
    assert failed(sheets) == set()


def test_units_are_billed_by_the_hour_and_shown_as_busy() -> None:
    """Three units for January and February at 1 USD, all of them busy."""
    sheets = book_of(planned(a_token_fleet(provisioned=(a_provisioned(),))))
    assert column(sheets["Buy_Units"], "Order value USD") == [3 * 1416]
    assert column(sheets["Unit_Use"], "Units busy") == pytest.approx([3, 3])
    assert column(sheets["Payments"], "Amount USD") == [3 * 744, 3 * 672]
    assert set(column(sheets["Payments"], "Offering")) == {"(cloud-t)"}
    assert failed(sheets) == set()


def test_vendors_and_shares_count_what_is_served_by_the_token() -> None:
    plan, sheets = two_futures(), book()
    providers = dict(zip(column(sheets["Vendors"], "Provider"), column(sheets["Vendors"], "Served Mtok"), strict=True))
    assert providers["cloud-t"] > 0
    assert sum(providers.values()) == pytest.approx(float(plan.totals.served_mtok))
    caps = set(zip(column(sheets["Caps"], "Rule"), column(sheets["Caps"], "Group"), strict=True))
    assert {("tokens", "cloud-t"), ("spend", "cloud-t")} <= caps


def test_an_offer_that_may_not_serve_says_why_with_both_places() -> None:
    why = dict(zip(column(book()["Api_Offers"], "API"), column(book()["Api_Offers"], "May not serve"), strict=True))
    assert "region-b is in geo-b; chat may be served in geo-a" in why["api-far"]
    assert not why["api-a"]


def test_the_screen_says_what_is_bought_and_what_is_to_be_signed() -> None:
    screen = "\n".join(plan_screen(planned(a_token_fleet(1.1, provisioned=(a_provisioned(),))), 110))
    assert "1 order (4,248 USD) by 2026-12-31" in screen
    (line,) = (row for row in screen.splitlines() if row.strip().startswith("api-a"))
    assert line.split()[:2] == ["api-a", "5,607"]
    (line,) = (row for row in screen.splitlines() if "units-a" in row and "2027-03" in row)
    assert line.split() == ["2026-12-31", "units-a", "3", "2027-01", "2027-03", "4,248"]


def test_what_is_not_bought_is_still_listed() -> None:
    sheets = book_of(planned(a_token_fleet(price_usd="1", provisioned=(a_provisioned(),))))
    assert "Api_Offers" in sheets
    assert "Tokens_Bought" not in sheets
    assert failed(sheets) == set()
    assert Decimal(column(sheets["Vendors"], "Effective USD")[0]) == 1416
