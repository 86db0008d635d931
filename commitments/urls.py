"""Addresses of the app."""

app_name = "commitments"
urlpatterns: list = []
