"""Addresses of the bottom app."""

from django.urls import path

from tenancy import api, views
from tenancy.views import imports

app_name = "tenancy"
urlpatterns = [
    path("login/", views.sign_in, name="sign-in"),
    path("logout/", views.sign_out, name="sign-out"),
    path("posts/", views.choose_post, name="choose-post"),
    path("password/", views.change_password, name="change-password"),
    path("me/", views.show_me, name="show-me"),
    path("me/devices/<int:device_id>/revoke/", views.revoke_own_device, name="revoke-own-device"),
    path("me/tokens/", views.list_tokens, name="list-tokens"),
    path("me/tokens/<int:token_id>/revoke/", views.revoke_token, name="revoke-token"),
    # Short, because it is printed as a code: https://…/c/<token>/
    path("c/<str:token>/", views.open_invitation, name="open-invitation"),
    path("pin/", views.enter_pin, name="enter-pin"),
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
    path("imports/", imports.list_imports, name="list-imports"),
    path("health/", views.show_health, name="show-health"),
    path("api/devices", api.devices, name="api-devices"),
    path("api/devices/<int:device_id>/revoke", api.revoke_own_device, name="api-revoke-own-device"),
    path("api/tokens", api.tokens, name="api-tokens"),
    path("api/tokens/<int:token_id>/revoke", api.revoke_token, name="api-revoke-token"),
]
