"""Pure knowledge about entities: their words, codes and grades.

No Django, no clock, no database: everything here is a function of its arguments.
"""
