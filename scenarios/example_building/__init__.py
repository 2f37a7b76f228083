"""Builds scenarios/examples/realistic from the bundled catalog and traces: run by hand, never imported at run time.

    python -m scenarios.example_building [--out scenarios/examples/realistic]

What is real (prices, measurements, request sizes, load shapes) is looked up and never retyped; what is assumed (demand,
stock, quota, spot depth, lead times, held contracts) and what is made up (quotes) is written out in these modules and
says so in every row. The same bundled files give the same bytes.
"""
