"""Endpoints of the register, its imports and its grades: the pages' policies, rules and sentences."""
