"""Pages of the app: workbench, to-do, figures with the lists behind them, exports."""
