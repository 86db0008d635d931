"""Endpoints of the register and of grading: the pages' policies, rules and sentences."""
