"""Addresses of the app."""

app_name = "cadres"
urlpatterns: list = []
