"""Attached files: what is taken, what is refused, and that a fault leaves nothing behind."""

from __future__ import annotations

import errno
import io
import os
import time
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db import transaction
from django.http import Http404

from tovholder.accounts.models import User
from tovholder.audit.models import SYSTEM, Event
from tovholder.documents.download import attachment_response
from tovholder.documents.models import Attachment
from tovholder.documents.services import remove_attachment, store_attachment, sweep_orphans
from tovholder.documents.sniffing import TYPES

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000049454e44ae426082"
)
JPG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffdb") + b"\x00" * 60 + bytes.fromhex("ffd9")


def packed(**parts: bytes | str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        for name, content in parts.items():
            file.writestr(name.replace("__", "/"), content)
    return target.getvalue()


def office(extension: str, **more: bytes) -> bytes:
    types = f'<Types><Override ContentType="{TYPES[extension]}.main+xml"/></Types>'
    return packed(**{"[Content_Types].xml": types, "_rels/.rels": "<x/>", **more})


def word() -> bytes:
    target = io.BytesIO()
    docx.Document().save(target)
    return target.getvalue()


GOOD = {
    "dagsorden.pdf": PDF,
    "kort.png": PNG,
    "foto.jpg": JPG,
    "foto.JPEG": JPG,
    "referat.docx": word(),
    "tal.xlsx": office("xlsx"),
    "plan.pptx": office("pptx"),
    "brev.odt": packed(mimetype=TYPES["odt"]),
    "tal.ods": packed(mimetype=TYPES["ods"]),
    "plan.odp": packed(mimetype=TYPES["odp"]),
    "noter.txt": "Møde på Østerskolen 😀\r\nÆblet".encode(),
    "liste.csv": "navn;tal\nSøren;3".encode("cp1252"),
}
BAD = {
    "makro.docm": office("docx"),
    "tegning.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "side.html": b"<html></html>",
    "program.exe": b"MZ\x90\x00",
    "uden-endelse": PDF,
    "side.txt": b"\xef\xbb\xbf <!DOCTYPE html><script>alert(1)</script>",
    "tegning.csv": b"<svg onload=alert(1)>",
    "program.txt": b"MZ\x90\x00\x03\x00\x00",
    "program.pdf": b"MZ\x90\x00\x03%PDF-1.7",
    "side.pdf": b"<html>%PDF-1.7</html>",
    "billede.png": JPG,
    "billede.jpg": PNG,
    "makro.docx": office("docx", **{"word/vbaProject.bin": b"x"}),
    "tal.docx": office("xlsx"),
    "pakke.docx": packed(a=b"x"),
    "brev.odt": packed(mimetype=TYPES["ods"]),
    "makro.odt": packed(mimetype=TYPES["odt"], Basic__script=b"x"),
    "brudt.docx": office("docx")[:-30],
    "foran.docx": b"MZ" + office("docx"),
    "laast.docx": bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 600,
}


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def user() -> User:
    return User.objects.create(email="anna@kommune.test")


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/x-whatever-the-browser-says")


def files(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", GOOD)
def test_what_is_taken_is_kept_whole_under_a_random_name(name: str, user: User, media: Path) -> None:
    kept = store_attachment(by=user, upload=upload(name, GOOD[name]))
    kept.refresh_from_db()
    assert (media / str(kept.file.name)).read_bytes() == GOOD[name]
    assert (kept.name, kept.size, kept.uploaded_by) == (name, len(GOOD[name]), user)
    assert kept.content_type == TYPES[name.rpartition(".")[2].lower()]
    [path] = files(media)
    assert path.name.isalnum()
    assert len(path.name) == 32
    event = Event.objects.get(action="attachment.stored")
    assert (event.actor, event.object_id) == (user.audit_key, str(kept.pk))
    assert name not in str(event.details)


@pytest.mark.parametrize("name", BAD)
def test_what_is_refused_leaves_nothing(name: str, user: User, media: Path) -> None:
    with pytest.raises(ValidationError) as refusal:
        store_attachment(by=user, upload=upload(name, BAD[name]))
    assert refusal.value.code in {"type", "content"}
    assert not Attachment.objects.exists()
    assert files(media) == []


def test_too_large_and_empty_files_are_refused_with_the_limit(user: User, settings: Any) -> None:
    settings.ATTACHMENT_MAX_BYTES = 2 * 1024 * 1024
    with pytest.raises(ValidationError, match="højst fylde 2 MB"):
        store_attachment(by=user, upload=upload("stor.txt", b"a" * (2 * 1024 * 1024 + 1)))
    with pytest.raises(ValidationError, match="tom"):
        store_attachment(by=user, upload=upload("tom.txt", b""))


@pytest.mark.parametrize("name", ["010112-1234.pdf", "referat_0101121234.pdf", "sag 010112_1234 bilag.pdf"])
def test_a_cpr_number_in_the_name_is_refused_before_anything_is_stored(
    name: str, user: User, media: Path
) -> None:
    with pytest.raises(ValidationError) as refusal:
        store_attachment(by=user, upload=upload(name, PDF))
    assert refusal.value.code == "cpr"
    assert files(media) == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("..\\..\\hemmelig.pdf", "hemmelig.pdf"),
        ("\u202efdp.txt.pdf", "fdp.txt.pdf"),
        ("to\r\nlinjer.pdf", "to linjer.pdf"),
        ("a" * 300 + ".pdf", "a" * 187 + ".pdf"),
        ("😀 <script>.pdf", "😀 <script>.pdf"),
    ],
)
def test_names_cannot_mislead(typed: str, kept: str, user: User) -> None:
    file = upload("x.pdf", PDF)
    file._name = typed  # past Django's own cleaning
    assert store_attachment(by=user, upload=file).name == kept


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_says_so_and_leaves_no_half_file_and_no_row(
    fault: int, user: User, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half_written(_storage: Any, path: str, content: Any) -> str:
        target = media / path
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(b"half")
        raise OSError(fault, os.strerror(fault))

    monkeypatch.setattr(FileSystemStorage, "_save", half_written)
    with pytest.raises(ValidationError, match="ikke har plads til mere") as refusal:
        store_attachment(by=user, upload=upload("dagsorden.pdf", PDF))
    assert refusal.value.code == "disk_full"
    assert files(media) == []
    assert not Attachment.objects.exists()
    assert not Event.objects.exists()


def test_a_row_that_cannot_be_written_takes_its_file_with_it(
    user: User, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_values: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("tovholder.documents.services.record", broken)
    with pytest.raises(RuntimeError):
        store_attachment(by=user, upload=upload("dagsorden.pdf", PDF))
    assert files(media) == []
    assert not Attachment.objects.exists()


def test_a_file_from_the_disk_is_taken_as_well(user: User, media: Path) -> None:
    content = word()
    file = TemporaryUploadedFile("stor.docx", "", 0, None)
    file.write(content)
    file.size = file.tell()
    file.seek(0)
    kept = store_attachment(by=user, upload=file)
    assert (media / str(kept.file.name)).read_bytes() == content
    file.close()


def test_orphans_are_swept_after_a_day_and_no_other_file(user: User, media: Path) -> None:
    kept = store_attachment(by=user, upload=upload("a.pdf", PDF))
    with transaction.atomic():
        lost, young = (store_attachment(by=user, upload=upload("b.pdf", PDF)) for _n in range(2))
        transaction.set_rollback(True)
    yesterday = time.time() - 90_000
    for attachment in (kept, lost):
        os.utime(media / str(attachment.file.name), (yesterday, yesterday))
    assert sweep_orphans() == 1
    assert {path.name for path in files(media)} == {Path(str(a.file.name)).name for a in (kept, young)}


def test_removing_deletes_the_file_when_the_transaction_succeeds(
    user: User, media: Path, django_capture_on_commit_callbacks: Any
) -> None:
    kept = store_attachment(by=user, upload=upload("a.pdf", PDF))
    with django_capture_on_commit_callbacks(execute=True):
        remove_attachment(by=SYSTEM, attachment=kept)
        assert len(files(media)) == 1
    assert files(media) == []
    assert not Attachment.objects.exists()


def test_it_leaves_as_a_download_that_nobody_runs_or_keeps(user: User) -> None:
    kept = store_attachment(by=user, upload=upload('Mødets "kort" 😀.png', PNG))
    answer = attachment_response(kept)
    assert b"".join(answer.streaming_content) == PNG  # type: ignore[arg-type]
    assert answer["Content-Disposition"] == (
        "attachment; filename*=utf-8''M%C3%B8dets%20%22kort%22%20%F0%9F%98%80.png"
    )
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Type"] == "image/png"
    answer.close()


def test_a_file_that_is_gone_is_not_found(user: User, media: Path) -> None:
    kept = store_attachment(by=user, upload=upload("a.pdf", PDF))
    files(media)[0].unlink()
    with pytest.raises(Http404):
        attachment_response(kept)
