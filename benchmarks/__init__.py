"""Ratios to peers and floors, measured in one process run: `python -m benchmarks [name ...] [--rows N] [--quick]`.

Seconds are printed for people; only ratios pass or fail. A missing peer is "not run", never a pass.
"""
