"""A negotiation on the screen, as JSON and as a workbook."""
