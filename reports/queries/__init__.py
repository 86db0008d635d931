"""Reads across the apps: figures, the lists behind them, the workbench, the rows of exports."""
