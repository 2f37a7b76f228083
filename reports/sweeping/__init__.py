"""A sweep as people and programs read it: progress, screen, workbook, JSON."""
