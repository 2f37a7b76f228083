"""`siliconmix diff`: what moved between two plans, told on the screen, as JSON and as a workbook."""
