"""Rates, workbench, to-do, exports: reads everyone, nobody imports it; writes through the owning app's action."""
