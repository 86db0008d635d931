"""Addresses of the app."""

app_name = "supervision"
urlpatterns: list = []
