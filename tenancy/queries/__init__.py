"""Reads worth a name: plans in force, calendars, trees, batches, the audit trail."""
