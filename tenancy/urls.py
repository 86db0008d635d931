"""Addresses of the bottom app."""

from django.urls import path

from tenancy import views
from tenancy.views import imports

app_name = "tenancy"
urlpatterns = [
    path("login/", views.sign_in, name="sign-in"),
    path("logout/", views.sign_out, name="sign-out"),
    path("posts/", views.choose_post, name="choose-post"),
    path("password/", views.change_password, name="change-password"),
    path("me/", views.show_me, name="show-me"),
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
    path("imports/", imports.list_imports, name="list-imports"),
    path("health/", views.show_health, name="show-health"),
]
