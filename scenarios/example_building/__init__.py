"""Builds scenarios/examples/realistic and .../stochastic from the bundled catalog and traces: run by hand.

    python -m scenarios.example_building [--out scenarios/examples]

What is real (prices, measurements, request sizes, load shapes) is looked up and never retyped; what is assumed (demand,
stock, quota, spot depth, lead times, held contracts, ports to other stacks, outlooks) and what is made up (quotes) is
written out in these modules and says so in every row. The same bundled files give the same bytes.
Nothing here is imported at run time.
"""
