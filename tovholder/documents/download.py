"""How an attached file leaves the house. The view that calls this has checked who asks."""

from __future__ import annotations

from django.http import FileResponse, Http404  # noqa: TID251  # an answer to the browser, made for the views above

from tovholder.documents.models import Attachment


def attachment_response(attachment: Attachment) -> FileResponse:
    """Return the file as a download that no browser opens in our name and no cache keeps. Raises Http404."""
    try:
        file = attachment.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(
        file, as_attachment=True, filename=attachment.name, content_type=attachment.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
