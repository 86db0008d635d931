"""Addresses of the app."""

app_name = "entities"
urlpatterns: list = []
