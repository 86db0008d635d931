"""Endpoints of the register and of its imports: the pages' policies, rules and sentences."""
