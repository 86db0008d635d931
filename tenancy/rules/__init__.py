"""Pure knowledge of the bottom app: paths, roles, refusals, calendar, periods.

No Django, no clock, no database: everything here is a function of its arguments.
"""
