"""Addresses of the bottom app."""

from django.urls import path

from tenancy import views
from tenancy.api import words
from tenancy.views import imports, mending

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
    path("imports/words/", mending.list_words, name="list-words"),
    path("imports/words/<int:word_id>/forget/", mending.forget, name="forget-word"),
    path("api/imports/words/", words.words, name="api-words"),
    path("api/imports/words/<int:word_id>/forget/", words.forget, name="api-forget-word"),
    path("health/", views.show_health, name="show-health"),
]
