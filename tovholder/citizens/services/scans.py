"""The signed form of a consent, scanned: sealed under the child's key, opened with a row in the log."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from tovholder.access.decision import Decision
from tovholder.audit.models import Actor
from tovholder.audit.services import record, record_reading
from tovholder.citizens.models import SCAN_TYPES, Consent, ConsentScan
from tovholder.citizens.services.safe import Safe
from tovholder.documents.sniffing import TYPES, is_what_it_says

MAX_BYTES = 5 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan in clear. `fault` says why it cannot be read."""

    content: bytes
    content_type: str
    extension: str
    fault: str = ""


@transaction.atomic
def add_scan(*, by: Actor, decision: Decision, consent: Consent, upload: UploadedFile[Any]) -> ConsentScan:
    """Keep the signed form of a consent; a new one takes the place of an earlier. Raises Refused, ValidationError.

    The file's own name is forgotten: it often holds the child's.
    """
    decision.require()
    extension = _checked(upload)
    ConsentScan.objects.filter(consent=consent).delete()
    scan = ConsentScan(consent=consent, extension=extension, size=upload.size or 0, added_by=by.audit_key)
    upload.seek(0)
    Safe.of([scan]).write(scan, content=base64.b64encode(upload.read()).decode())
    scan.save()
    details = {"consent": consent.pk, "size": scan.size}
    record(by=by, action="consent.scan_added", obj=consent.child, ground=decision.basis, details=details)
    return scan


def _checked(upload: UploadedFile[Any]) -> str:
    extension = (upload.name or "").rpartition(".")[2].lower()
    if extension not in SCAN_TYPES:
        raise ValidationError(_("Vælg en PDF eller et billede (png eller jpg)."), code="type")
    if not upload.size:
        raise ValidationError(_("Filen er tom. Vælg en anden."), code="empty")
    if upload.size > MAX_BYTES:
        raise ValidationError(_("Filen er for stor. Den må højst fylde 5 MB."), code="size")
    if not is_what_it_says(extension, cast("BinaryIO", upload.file)):
        raise ValidationError(
            _("Filens indhold svarer ikke til navnet. Scan formularen igen som PDF eller billede."),
            code="content",
        )
    return extension


@transaction.atomic
def open_scan(*, by: Actor, decision: Decision, scan: ConsentScan, purpose: str) -> Scan:
    """Open a scan for who may see it, with a row in the log. Raises Refused; a damaged one says so."""
    decision.require()
    record_reading(
        by=by,
        action="consent.scan_read",
        obj=scan.consent.child,
        purpose=purpose,
        ground=decision.basis,
        details={"consent": scan.consent_id},
    )
    opened = Safe.of([scan]).read(scan, "content")
    content = b"" if opened.fault else base64.b64decode(opened.text)
    return Scan(content, TYPES[scan.extension], scan.extension, str(opened) if opened.fault else "")
