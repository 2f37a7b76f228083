"""siliconmix replay: a trace over the fleet of a plan, on the screen, as JSON and as a workbook."""
