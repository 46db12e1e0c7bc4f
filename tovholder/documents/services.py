"""Attached files: taken in only when they are harmless, kept under a name that says nothing."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import PurePath
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.personal_data import contains_cpr
from tovholder.accounts.models import User
from tovholder.audit.models import Actor
from tovholder.audit.services import record
from tovholder.documents.blocks import clean
from tovholder.documents.models import Attachment, storage_name
from tovholder.documents.sniffing import TYPES, is_what_it_says

FOLDER = "attachments"
ORPHAN_AFTER = timedelta(days=1)
_FULL = {errno.ENOSPC, errno.EDQUOT}


def store_attachment(*, by: Actor, upload: UploadedFile[Any]) -> Attachment:
    """Check and keep an uploaded file. What it belongs to, and who may see it, is the caller's.

    Raises ValidationError with a Danish sentence for a file that is too large, empty, of a kind that is not
    taken, not what its name says or named with a CPR number, and when the disk is full. Then nothing is left.
    """
    name = _safe_name(upload.name or "")
    extension = _checked_extension(name, upload)
    digest = digest_of(upload)
    with _kept(upload) as path, transaction.atomic():
        attachment = Attachment.objects.create(
            file=path,
            name=name,
            content_type=TYPES[extension],
            size=upload.size or 0,
            sha256=digest,
            uploaded_by=by if isinstance(by, User) else None,
        )
        record(
            by=by,
            action="attachment.stored",
            obj=attachment,
            details={"type": extension, "size": upload.size},
        )
    return attachment


def digest_of(upload: UploadedFile[Any]) -> str:
    """Return the SHA-256 of what was uploaded, in hex; the file stays to be read from its beginning."""
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def drop_files(attachments: Iterable[Attachment]) -> None:
    """Delete the files of rows that are about to be rolled back, rather than tomorrow (`sweep_orphans`)."""
    for each in attachments:
        default_storage.delete(str(each.file.name))


@transaction.atomic
def remove_attachment(*, by: Actor, attachment: Attachment) -> None:
    """Delete the row, and the file when the transaction has succeeded. The caller has asked its policy."""
    record(by=by, action="attachment.removed", obj=attachment)
    path = str(attachment.file.name)
    attachment.delete()
    transaction.on_commit(lambda: default_storage.delete(path))


def sweep_orphans() -> int:
    """Delete files whose row was rolled back with what it belonged to; run now and then. Returns how many."""
    if not default_storage.exists(FOLDER):
        return 0
    known = set(Attachment.objects.values_list("file", flat=True))
    paths = [f"{FOLDER}/{name}" for name in default_storage.listdir(FOLDER)[1]]
    limit = timezone.now() - ORPHAN_AFTER
    orphans = [
        path for path in paths if path not in known and default_storage.get_modified_time(path) < limit
    ]
    for path in orphans:
        default_storage.delete(path)
    return len(orphans)


def _safe_name(typed: str) -> str:
    """The last part of the name, without signs that could mislead, at most as long as the field."""
    name = " ".join(clean(PurePath(typed.replace("\\", "/")).name).split()).strip(". ")
    stem, dot, extension = name.rpartition(".")
    if contains_cpr(name) or contains_cpr(stem.replace("_", " ")):
        raise ValidationError(
            _("Filens navn ligner et CPR-nummer. Giv filen et navn uden nummeret, og læg den på igen."),
            code="cpr",
        )
    return f"{stem[: 190 - len(extension)]}{dot}{extension}"


def _checked_extension(name: str, upload: UploadedFile[Any]) -> str:
    extension = name.rpartition(".")[2].lower()
    if extension not in TYPES:
        raise ValidationError(
            _("Filer af den slags kan ikke lægges på. Det kan: %(types)s.")
            % {"types": ", ".join(key for key in TYPES if key != "jpeg")},
            code="type",
        )
    if not upload.size:
        raise ValidationError(_("Filen er tom. Vælg en anden."), code="empty")
    if upload.size > settings.ATTACHMENT_MAX_BYTES:
        largest = max(1, settings.ATTACHMENT_MAX_BYTES // (1024 * 1024))
        raise ValidationError(
            _("Filen er for stor. Den må højst fylde %(largest)s MB.") % {"largest": largest}, code="size"
        )
    if not is_what_it_says(extension, cast("BinaryIO", upload.file)):
        raise ValidationError(
            _(
                "Filens indhold svarer ikke til navnet, eller den har makroer i sig. "
                "Åbn den i sit eget program, gem den igen uden makroer og adgangskode, og læg den på."
            ),
            code="content",
        )
    return extension


@contextmanager
def _kept(upload: UploadedFile[Any]) -> Iterator[str]:
    """Write the file, and take it away again when what follows fails."""
    path = storage_name(Attachment(), "")
    try:
        default_storage.save(path, upload)
        yield path
    except BaseException as error:
        default_storage.delete(path)
        if isinstance(error, OSError) and error.errno in _FULL:
            raise ValidationError(
                _(
                    "Filen kunne ikke gemmes, fordi serveren ikke har plads til mere. "
                    "Intet er gået tabt. Sig det til jeres administrator, og prøv igen senere."
                ),
                code="disk_full",
            ) from error
        raise
