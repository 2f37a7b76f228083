"""Double entry: the published plan against its inputs, sharing no code with the optimizer."""

from optimizer.audit.auditor import audit_against_files, audit_plan

__all__ = ["audit_against_files", "audit_plan"]
