"""Clauses are lived through at the desks of the apps."""

from tests.commitments.conftest import desk

__all__ = ["desk"]
