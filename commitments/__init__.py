"""Commitment letters (承诺书): drawn up, signed, scanned, reviewed, filed."""
