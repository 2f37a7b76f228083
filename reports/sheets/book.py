"""All sheets that hold figures, built once, in the order in which they depend on each other."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.offerings import Offering
from catalog.serving import Refusal
from contracts.calendar import Month
from contracts.terms.held import HeldContract
from optimizer.billing_order import MonthBilled
from optimizer.plan import CostLine, Goodput, Plan, Usage
from optimizer.plan_headroom import PoolShare
from reports.facts import Facts
from reports.records import Records
from reports.sheets.accounts import Accounts, Ground, accounts_sheets
from reports.sheets.agreed import AgreedFigures, AgreedTerms, agreed_figures, agreed_terms
from reports.sheets.billing_order import billing_order_sheet
from reports.sheets.block_months import BlockMonth, block_bills, block_months_sheet
from reports.sheets.budgets import BudgetRow, budgets_sheet
from reports.sheets.buy_list import BuyLists, buy_lists
from reports.sheets.by_token import ByToken, by_token_sheets
from reports.sheets.calendar import Calendar, calendar_sheet
from reports.sheets.capacity import NodeHours, Nodes, node_hours_sheet, nodes_sheet
from reports.sheets.cash import Cash, cash_sheet
from reports.sheets.changes import ChangeRow, changes_sheet, compares_orders
from reports.sheets.charge_bills import Bills
from reports.sheets.charges import Sources, payments_sheet
from reports.sheets.commitments import commitments_sheet
from reports.sheets.committed import Commitment, deliveries
from reports.sheets.delivery import Delivery
from reports.sheets.demand import DemandSheet, demand_sheet
from reports.sheets.effective import Effective, effective_sheet
from reports.sheets.fallback import FallbackSheets, fallback_sheets
from reports.sheets.footprint import Drawn
from reports.sheets.footprint_sheets import FootprintSheets, footprint_sheets
from reports.sheets.headroom import headroom_sheet
from reports.sheets.inputs import Inputs, inputs_sheet
from reports.sheets.ladder import Ladder, ladder_sheet
from reports.sheets.list_cost import ListCost, list_sheet
from reports.sheets.lock_in import LockInSheets, lock_in_sheets
from reports.sheets.migrated import Migrated, migrated_sheet
from reports.sheets.migrations import MigrationRow, migrations_sheet
from reports.sheets.minimums import Owed, minimums_sheet
from reports.sheets.not_cash import not_cash_sheet
from reports.sheets.offerings import offerings_sheet
from reports.sheets.offers import OfferRow, offers_sheet
from reports.sheets.outlooks import Outlooks, outlooks_sheet
from reports.sheets.owned import OwnedSheets, owned_bills, owned_sheets
from reports.sheets.portfolio import portfolio_sheet
from reports.sheets.prepaid import Prepaid, prepaid_sheet
from reports.sheets.prices import Prices, prices_sheet
from reports.sheets.rates import Valued
from reports.sheets.rights import RightRow, rights_sheet
from reports.sheets.routing import Routing, routing_sheet
from reports.sheets.sensitivity_calc import SensitivityFigures, sensitivity_figures
from reports.sheets.serving import goodput_sheet, refusals_sheet, sources_sheet
from reports.sheets.shares import Measures, Shares, shares_sheets
from reports.sheets.spend import Spend, spend_sheets
from reports.sheets.splits import SplitSheets, split_sheets
from reports.sheets.take_or_pay import WindowRow, take_or_pay_sheet
from reports.sheets.throughput import Working, throughput_sheet
from reports.sheets.tokens import Tokens, tokens_sheet
from reports.sheets.unit_cost import UnitCostSheets, unit_cost_sheets
from reports.sheets.usage import usage_sheet
from reports.sheets.vendors import vendors_sheet
from reports.sheets.volume import TierRow, volume_bills, volume_sheet
from reports.sheets.why import WhySheets, why_sheets
from reports.sheets.workloads import Class, workloads_sheet


@dataclass(frozen=True)
class FutureSheets:
    """Sheets that only some plans have; None where there is no case."""

    rights: Records[RightRow] | None
    portfolio: Records[HeldContract] | None
    ladder: Ladder | None
    minimums: Records[Owed] | None
    windows: Records[WindowRow] | None
    prices: Prices | None
    owned: OwnedSheets | None
    blocks: Records[BlockMonth] | None
    migrations: Records[MigrationRow] | None
    migrated: Records[Migrated] | None
    budgets: Records[BudgetRow] | None
    changes: Records[ChangeRow] | None
    lock_in: LockInSheets | None
    footprint: FootprintSheets | None
    outlooks: Outlooks | None
    spend: Spend | None
    by_token: ByToken | None
    splits: SplitSheets | None
    billing_order: Records[MonthBilled] | None
    volume: Records[TierRow] | None
    agreed_terms: AgreedTerms
    agreed: AgreedFigures


@dataclass(frozen=True)
class Book:
    """The sheets with figures; Cover, Summary, Checks and Log refer to them."""

    facts: Facts
    inputs: Inputs
    calendar: Calendar
    workloads: Records[Class]
    offerings: Records[Offering]
    offers: Records[OfferRow]
    buy_lists: BuyLists
    commitments: Records[Commitment]
    usage: Records[Usage]
    futures: FutureSheets
    payments: Records[CostLine]
    not_cash: Records[CostLine]
    routing: Routing
    tokens: Tokens
    demand: DemandSheet
    nodes: Nodes
    node_hours: NodeHours
    listed: ListCost
    effective: Effective
    cash: Cash
    prepaid: Prepaid
    accounts: Accounts
    sensitivity: SensitivityFigures | None
    shares: Shares
    vendors: Records[str]
    fallback: FallbackSheets
    why: WhySheets | None
    headroom: Records[PoolShare] | None
    goodput: Records[Goodput]
    throughput: Records[Working]
    refusals: Records[Refusal]
    sources: Records[tuple[str, str]]
    unit_cost: UnitCostSheets


def build_book(plan: Plan) -> Book:
    """Each sheet receives the sheets that its formulas refer to, and nothing else."""
    facts = Facts(plan)
    inputs = inputs_sheet(facts)
    calendar = calendar_sheet(facts, inputs)
    workloads = workloads_sheet(facts)
    offerings = offerings_sheet(facts, inputs)
    headroom = headroom_sheet(facts, inputs)
    offers = offers_sheet(facts, inputs, offerings)
    lists = buy_lists(facts, inputs, offerings, offers)
    routing = routing_sheet(facts, inputs, calendar)
    prices = prices_sheet(facts, inputs, offers, lists, _deliveries(facts, frozenset(facts.moving)))
    delivered = _deliveries(facts, frozenset(facts.take_or_pay))
    minimums = minimums_sheet(facts, inputs, offers, lists, delivered, prices) if delivered else None
    rights = rights_sheet(facts, offers)
    owned = owned_sheets(facts, inputs, offers, lists, _deliveries(facts, facts.ordered_as("owned")))
    blocks = block_months_sheet(facts, inputs, offers, lists, _deliveries(facts, facts.ordered_as("capacity_block")))
    committed = commitments_sheet(facts, inputs, offers, lists, minimums, prices, rights, owned)
    usage = usage_sheet(facts, inputs, calendar, offers, prices)
    windows = take_or_pay_sheet(facts, inputs, offers, usage, minimums, delivered, prices) if minimums else None
    migrated = migrated_sheet(facts, routing) if facts.scenario.migrations else None
    migrations = migrations_sheet(facts, inputs, migrated) if migrated else None
    spend = spend_sheets(facts, inputs, calendar, offers, usage)
    agreed = agreed_terms(facts, inputs)
    by_token = by_token_sheets(facts, inputs, calendar, workloads)
    bought = by_token.bought if by_token else None
    splits = split_sheets(facts, inputs, calendar, workloads)
    volume = volume_sheet(facts, inputs, usage) if plan.volume else None
    bills: Bills = {
        **({} if spend is None else spend.bills),
        **({} if volume is None else volume_bills(volume)),
        **agreed.bills,
        **({} if by_token is None else by_token.bills),
        **({} if splits is None else splits.bills),
        **owned_bills(owned, offers, lists),
        **(block_bills(offers, lists) if blocks else {}),
    }
    payments = payments_sheet(
        Sources(facts, inputs, offers, committed, usage, minimums, windows, migrations, prices, bills)
    )
    apis = by_token.offers if by_token else None
    not_cash = not_cash_sheet(facts, inputs, offers, workloads)
    tokens = tokens_sheet(facts, calendar, routing, bought)
    nodes = nodes_sheet(facts, calendar, committed, usage, routing, blocks)
    hours = node_hours_sheet(facts, calendar, usage, routing, nodes)
    listed = list_sheet(facts, calendar, offerings, offers, hours, bought)
    effective = effective_sheet(facts, calendar, payments, not_cash, tokens)
    measures = Measures(tokens, effective, listed, splits.served if splits else None)
    covered = spend.signed.coverage if spend and spend.signed else None
    ground = Ground(facts, inputs, calendar, offerings, offers, committed, routing)
    goodput = goodput_sheet(facts, inputs, workloads, offerings, headroom)
    accounts = accounts_sheets(ground, Valued(hours, listed, effective, payments, covered))
    futures = FutureSheets(
        rights=rights,
        portfolio=portfolio_sheet(facts, inputs, offers),
        ladder=ladder_sheet(facts, calendar, committed, payments),
        minimums=minimums,
        windows=windows,
        prices=prices,
        owned=owned,
        blocks=blocks,
        migrations=migrations,
        migrated=migrated,
        budgets=budgets_sheet(facts, inputs, payments) if facts.scenario.policy.budgets else None,
        changes=changes_sheet(facts, inputs, lists.now) if compares_orders(facts) else None,
        lock_in=lock_in_sheets(facts, inputs),
        footprint=footprint_sheets(facts, inputs, offerings, Drawn(committed, usage, blocks)),
        outlooks=outlooks_sheet(facts, inputs, payments, not_cash, lists) if facts.several else None,
        spend=spend,
        by_token=by_token,
        splits=splits,
        volume=volume,
        agreed_terms=agreed,
        agreed=agreed_figures(facts, inputs, agreed, payments),
        billing_order=billing_order_sheet(facts, inputs, payments) if spend and spend.signed else None,
    )
    why = why_sheets(facts)
    return Book(
        facts=facts,
        inputs=inputs,
        calendar=calendar,
        workloads=workloads,
        offerings=offerings,
        offers=offers,
        buy_lists=lists,
        commitments=committed,
        futures=futures,
        usage=usage,
        payments=payments,
        not_cash=not_cash,
        routing=routing,
        tokens=tokens,
        demand=demand_sheet(facts, inputs, calendar, workloads, tokens),
        nodes=nodes,
        node_hours=hours,
        listed=listed,
        effective=effective,
        cash=cash_sheet(facts, inputs, calendar, payments),
        prepaid=prepaid_sheet(facts, calendar, payments),
        accounts=accounts,
        sensitivity=sensitivity_figures(facts, payments, not_cash),
        shares=shares_sheets(facts, inputs, calendar, offerings, measures),
        vendors=vendors_sheet(facts, inputs, offerings, committed, (effective, listed, tokens)),
        fallback=fallback_sheets(facts, inputs, offerings, committed, not_cash, blocks, apis, why),
        why=why,
        headroom=headroom,
        goodput=goodput,
        throughput=throughput_sheet(facts, inputs, workloads, goodput),
        refusals=refusals_sheet(facts),
        sources=sources_sheet(facts),
        unit_cost=unit_cost_sheets(facts),
    )


def _deliveries(facts: Facts, contracts: frozenset[str]) -> list[Delivery]:
    """Orders under some contracts as they are delivered."""
    orders = sorted(facts.plan.orders, key=lambda o: (o.start, o.order))
    return [
        Delivery(
            row.id,
            row.contract,
            row.outlook,
            Month(row.start.year, row.start.month),
            Month(row.end.year, row.end.month),
        )
        for order in orders
        if order.contract in contracts
        for row in deliveries(facts, order)
    ]
