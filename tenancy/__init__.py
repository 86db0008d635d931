"""Jurisdictions, users, posts, permissions, the acting place, plans, calendar, audit, notices.

The bottom app: everybody imports it, it imports no other app.
"""
