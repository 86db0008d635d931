"""Addresses of the app."""

from django.urls import path

from commitments import api
from commitments.views import letters, reviewing

app_name = "commitments"

letter_urls = [
    path("letters/", letters.list_letters, name="list-letters"),
    path("letters/issue/", letters.issue_letters, name="issue-letters"),
    path("letters/print/", letters.print_letters, name="print-letters"),
    path("letters/<int:letter_id>/", letters.show_letter, name="show-letter"),
    path("letters/<int:letter_id>/letter.pdf", letters.download_letter, name="download-letter"),
    path("letters/<int:letter_id>/delegate/", letters.name_delegate, name="name-delegate"),
    path("letters/<int:letter_id>/scan/", letters.upload_scan, name="upload-scan"),
    path("letters/<int:letter_id>/file/", letters.file_letter, name="file-letter"),
]
review_urls = [
    path("letters/review/", reviewing.review_letters, name="review-letters"),
    path("letters/<int:letter_id>/review/", reviewing.review_letter, name="review-letter"),
    path("letters/<int:letter_id>/undo-review/", reviewing.undo_review, name="undo-review"),
    path("letters/<int:letter_id>/pages/<int:scan_id>/<int:number>/", reviewing.show_page, name="show-page"),
]
api_urls = [
    path("api/letters/", api.list_letters, name="api-list-letters"),
    path("api/letters/issue/", api.issue_letters, name="api-issue-letters"),
    path("api/letters/<int:letter_id>/", api.show_letter, name="api-show-letter"),
    path("api/letters/<int:letter_id>/delegate/", api.name_delegate, name="api-name-delegate"),
    path("api/letters/<int:letter_id>/scan/", api.upload_scan, name="api-upload-scan"),
    path("api/letters/<int:letter_id>/review/", api.review_letter, name="api-review-letter"),
    path("api/letters/<int:letter_id>/undo-review/", api.undo_review, name="api-undo-review"),
    path("api/letters/<int:letter_id>/file/", api.file_letter, name="api-file-letter"),
]
urlpatterns = [*letter_urls, *review_urls, *api_urls]
