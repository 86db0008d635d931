"""Reads of cadres and of who answers for whom; nothing here writes or knows a request."""
