"""Pages of cadres, responsibility lists and proposals."""
