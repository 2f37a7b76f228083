"""All sheets that hold figures, built once, in the order in which they depend on each other."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.offerings import Offering
from catalog.serving import Refusal
from optimizer.plan import CostLine, Goodput, Order, Plan, Usage
from reports.facts import Facts
from reports.records import Records
from reports.sheets.buy_list import buy_list_sheet
from reports.sheets.calendar import Calendar, calendar_sheet
from reports.sheets.capacity import NodeHours, Nodes, node_hours_sheet, nodes_sheet
from reports.sheets.cash import Cash, cash_sheet
from reports.sheets.charges import Sources, not_cash_sheet, payments_sheet
from reports.sheets.commitments import Commitment, commitments_sheet
from reports.sheets.demand import DemandSheet, demand_sheet
from reports.sheets.effective import Effective, effective_sheet
from reports.sheets.fallback import FallbackSheets, fallback_sheets
from reports.sheets.inputs import Inputs, inputs_sheet
from reports.sheets.list_cost import ListCost, list_sheet
from reports.sheets.offerings import offerings_sheet
from reports.sheets.offers import OfferRow, offers_sheet
from reports.sheets.prepaid import Prepaid, prepaid_sheet
from reports.sheets.routing import Routing, routing_sheet
from reports.sheets.serving import goodput_sheet, refusals_sheet, sources_sheet
from reports.sheets.shares import Measures, Shares, shares_sheets
from reports.sheets.tokens import Tokens, tokens_sheet
from reports.sheets.usage import usage_sheet
from reports.sheets.vendors import vendors_sheet
from reports.sheets.workloads import Class, workloads_sheet


@dataclass(frozen=True)
class Book:
    """The sheets with figures; Cover, Summary, Checks and Log refer to them."""

    facts: Facts
    inputs: Inputs
    calendar: Calendar
    workloads: Records[Class]
    offerings: Records[Offering]
    offers: Records[OfferRow]
    buy_list: Records[Order]
    commitments: Records[Commitment]
    usage: Records[Usage]
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
    shares: Shares
    vendors: Records[str]
    fallback: FallbackSheets
    goodput: Records[Goodput]
    refusals: Records[Refusal]
    sources: Records[tuple[str, str]]


def build_book(plan: Plan) -> Book:
    """Each sheet receives the sheets that its formulas refer to, and nothing else."""
    facts = Facts(plan)
    inputs = inputs_sheet(facts)
    calendar = calendar_sheet(facts, inputs)
    workloads = workloads_sheet(facts)
    offerings = offerings_sheet(facts)
    offers = offers_sheet(facts, inputs, offerings)
    buy_list = buy_list_sheet(facts, inputs, offerings, offers)
    commitments = commitments_sheet(facts, inputs, offers, buy_list)
    usage = usage_sheet(facts, inputs, calendar, offers)
    bills = Sources(inputs, offers, commitments, usage, workloads)
    payments, not_cash = payments_sheet(facts, bills), not_cash_sheet(facts, bills)
    routing = routing_sheet(facts, inputs, calendar)
    tokens = tokens_sheet(facts, calendar, routing)
    nodes = nodes_sheet(facts, calendar, commitments, usage, routing)
    hours = node_hours_sheet(facts, calendar, usage, routing, nodes)
    listed = list_sheet(facts, calendar, offerings, offers, hours)
    effective = effective_sheet(facts, calendar, payments, not_cash, tokens)
    measures = Measures(tokens, effective, listed)
    return Book(
        facts=facts,
        inputs=inputs,
        calendar=calendar,
        workloads=workloads,
        offerings=offerings,
        offers=offers,
        buy_list=buy_list,
        commitments=commitments,
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
        prepaid=prepaid_sheet(facts, inputs, calendar, payments, commitments),
        shares=shares_sheets(facts, inputs, calendar, offerings, measures),
        vendors=vendors_sheet(facts, inputs, offerings, commitments, (effective, listed, tokens)),
        fallback=fallback_sheets(facts, inputs, offerings, commitments, not_cash),
        goodput=goodput_sheet(facts, inputs, workloads, offerings),
        refusals=refusals_sheet(facts),
        sources=sources_sheet(facts),
    )
