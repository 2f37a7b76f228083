"""The plan workbook's table of contents."""

from reports.sheets.contents import plan_workbook

__all__ = ["plan_workbook"]
