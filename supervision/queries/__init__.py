"""Reads of quarters, obligations, visits and issues; nothing here writes."""
