"""The workbook and the screen that put plans side by side."""
