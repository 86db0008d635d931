"""What the law and the plans say about cadres: rosters, balanced loads, ratios, the explanation of a line.

Pure Python: no Django, no clock, no database.
"""
