"""What an office means by its own titles and words, over the API."""

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from tenancy.actions.mending import forget_word
from tenancy.models import ImportWord
from tenancy.policies import may_forget, may_import
from tenancy.queries.imports import settled_words
from tenancy.rules.refusals import require


class WordRow(serializers.ModelSerializer[ImportWord]):
    """One settled title (without a column) or word."""

    place = serializers.CharField(source="jurisdiction.name")

    class Meta:
        model = ImportWord
        fields = ("id", "kind", "column", "said", "meant", "place", "learnt_at")


@api_view(["GET"])
def words(request: Request) -> Response:
    """GET /api/imports/words/"""
    require(may_import(request.post))  # type: ignore[attr-defined]
    return Response({"words": WordRow(settled_words()[:500], many=True).data})


@api_view(["POST"])
def forget(request: Request, word_id: int) -> Response:
    """POST /api/imports/words/1/forget/: the next workbook asks again."""
    post = request.post  # type: ignore[attr-defined]
    require(may_import(post))
    word = get_object_or_404(ImportWord.objects.select_related("jurisdiction"), pk=word_id)
    require(may_forget(post, word))
    forget_word(word, by=post)
    return Response(status=204)
