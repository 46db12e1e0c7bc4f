"""The administrator's way with a file, page by page."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from tests.imports.conftest import brought, kept
from tests.imports.files import upload, xlsx
from tovholder.audit.models import Event
from tovholder.directory.models import Person
from tovholder.imports import progress
from tovholder.imports.kinds import KINDS
from tovholder.imports.models import Batch
from tovholder.imports.policy import may_import
from tovholder.imports.services import running, undoing

HOME = "/opsaetning/import/"
TWO = "Navn;E-mail;Telefon\nEva Ny;eva@vestby.example;11223344\nÅse Sørensen;aase@vestby.example;99887766\n"


def post(client, kind, data, name="fil.csv"):
    return client.post(f"{HOME}{kind}/", {"file": upload(data, name)})


def test_only_an_administrator_may(personas):
    assert {name for name, user in personas.items() if may_import(user)} == {"hans"}


def test_all_others_meet_a_closed_door_everywhere(town, hans, anna, client_for):
    batch = kept(hans, "personer", TWO)
    client = client_for(anna)
    for path in ("", "personer/", "personer/skabelon.csv", "personer/skabelon.xlsx", f"{batch.pk}/"):
        assert client_for(hans).get(f"{HOME}{path}").status_code == 200
        assert client.get(f"{HOME}{path}").status_code == 403
    for verb in ("hent-ind", "kasser", "fortryd", "proev-igen"):
        assert client.post(f"{HOME}{batch.pk}/{verb}/").status_code == 403
    assert post(client, "personer", TWO).status_code == 403
    assert Batch.objects.get().status == "read"


def test_from_upload_to_undo(town, hans, client_for):
    client = client_for(hans)
    seen = post(client, "personer", TWO)
    batch = Batch.objects.get()
    assert seen.url == f"{HOME}{batch.pk}/"
    page = client.get(seen.url).content.decode()
    for text in ("1 nye", "1 ændrede", "Eva Ny", "<del>12345678</del> → <ins>99887766</ins>", "Række 3"):
        assert text in page
    assert not Person.objects.filter(email="eva@vestby.example").exists()
    page = client.post(f"{seen.url}hent-ind/", follow=True).content.decode()
    assert "Venter på at begynde" in page
    assert running.run(batch.pk) == "done"
    assert "Fortryd importen" in client.get(seen.url).content.decode()
    assert "1 nye bliver fjernet" in client.get(f"{seen.url}fortryd/").content.decode()
    page = client.post(f"{seen.url}fortryd/", follow=True).content.decode()
    assert "Fortryder importen af personer" in page
    assert "Bliver fortrudt" in client.get(HOME).content.decode()
    assert client.post(f"{seen.url}fortryd/").status_code == 403  # it is on its way
    assert undoing.run(batch.pk) == "undone"
    page = client.get(seen.url).content.decode()
    assert "er taget tilbage" in page
    assert page.count(hans.name) >= 2  # who brought it in, and who undid it
    assert "/fortryd/" not in client.get(HOME).content.decode()
    assert not Person.objects.filter(email="eva@vestby.example").exists()


def test_a_file_with_errors_is_told_row_by_row_and_nothing_is_kept(town, hans, client_for):
    answer = post(client_for(hans), "personer", "Navn;Note\nBo;010190-1234\nIb;101901234\n")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Der er 2 ting, du skal rette i filen" in page
    assert "CPR-nummer" in page
    assert "1234" not in page.replace("csrf", "")
    assert not Batch.objects.exists()
    assert not Event.objects.filter(action__startswith="import").exists()


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"", "a.csv", "Filen er tom"),
        (b"x", "a.xlsm", "makroer"),
        (b"%PDF", "a.csv", "noget andet"),
        (b"Navn\n", "a.csv", "kun overskrifter"),
    ],
)
def test_a_file_that_cannot_be_read_gets_one_sentence(town, hans, client_for, data, name, says):
    answer = post(client_for(hans), "personer", data, name)
    assert answer.status_code == 422
    assert says in answer.content.decode()


def test_no_file_chosen(town, hans, client_for):
    answer = client_for(hans).post(f"{HOME}personer/")
    assert answer.status_code == 422
    assert "Vælg en fil." in answer.content.decode()


def test_a_kind_that_is_not_there(hans, client_for):
    assert client_for(hans).get(f"{HOME}hunde/").status_code == 404
    assert client_for(hans).get(f"{HOME}hunde/skabelon.csv").status_code == 404


@pytest.mark.parametrize("key", list(KINDS))
def test_the_templates_hold_the_headings_that_are_understood(hans, client_for, key):
    client = client_for(hans)
    wanted = [each.heading for each in KINDS[key].fields]
    text = client.get(f"{HOME}{key}/skabelon.csv").content.decode("utf-8-sig")
    assert text.strip().split(";") == wanted
    data = client.get(f"{HOME}{key}/skabelon.xlsx").content
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    assert [cell.value for cell in sheet[1]] == wanted
    assert "kun overskrifter" in post(client, key, data, "skabelon.xlsx").content.decode()


def test_a_filled_template_of_excel_goes_in_without_a_word_about_sheets(town, hans, client_for):
    data = client_for(hans).get(f"{HOME}personer/skabelon.xlsx").content
    book = load_workbook(io.BytesIO(data))
    book.worksheets[0].append(["Eva Ny", "eva@vestby.example", "12 34 56 78"])
    file = io.BytesIO()
    book.save(file)
    assert post(client_for(hans), "personer", file.getvalue(), "personer.xlsx").status_code == 302
    assert Batch.objects.get().notices == []


def test_a_file_where_nothing_is_new(town, hans, client_for):
    answer = post(
        client_for(hans),
        "personer",
        xlsx(["Navn", "E-mail"], ["Åse Sørensen", "aase@vestby.example"]),
        "a.xlsx",
    )
    assert "Der er intet at hente ind" in client_for(hans).get(answer.url).content.decode()


def test_the_progress_is_told_live_and_ends_by_itself(town, hans, client_for):
    batch = kept(hans, "personer", TWO)
    running.start(by=hans, batch=batch)
    progress.tell(batch.pk, 1, 2)
    client, path = client_for(hans), f"{HOME}{batch.pk}/"
    whole = client.get(path).content.decode()
    part = client.get(path, headers={"HX-Request": "true"}).content.decode()
    assert "<html" in whole
    assert 'http-equiv="refresh"' in whole  # without JavaScript
    assert "<html" not in part
    for text in (whole, part):
        assert "1 af 2 rækker" in text
        assert 'max="100" value="50"' in text
    running.run(batch.pk)
    assert client.get(path, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    undoing.start(by=hans, batch=batch)
    assert "Venter på at begynde" in client.get(path, headers={"HX-Request": "true"}).content.decode()
    progress.tell(batch.pk, 0, 2)
    assert "om noget bruger rækkerne" in client.get(path, headers={"HX-Request": "true"}).content.decode()
    undoing.run(batch.pk)
    assert client.get(path, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_what_is_under_way_is_not_begun_twice_nor_dropped(town, hans, client_for):
    batch = kept(hans, "personer", TWO)
    client, path = client_for(hans), f"{HOME}{batch.pk}/"
    assert client.post(f"{path}hent-ind/").status_code == 302
    assert client.post(f"{path}hent-ind/").status_code == 403
    assert client.post(f"{path}kasser/").status_code == 403
    assert Batch.objects.exists()


def test_a_file_is_dropped(town, hans, client_for):
    batch = kept(hans, "personer", TWO)
    client = client_for(hans)
    assert "glemmer rækkerne" in client.get(f"{HOME}{batch.pk}/kasser/").content.decode()
    client.post(f"{HOME}{batch.pk}/kasser/")
    assert not Batch.objects.exists()
    assert client.get(f"{HOME}{batch.pk}/").status_code == 404


def test_an_undo_that_cannot_be_says_why(town, hans, client_for):
    batch = brought(hans, "personer", TWO)
    Person.objects.filter(email="aase@vestby.example").update(phone="55555555")
    path = f"{HOME}{batch.pk}/fortryd/"
    client = client_for(hans)
    assert "Åse Sørensen er ændret siden importen." in client.get(path).content.decode()
    client.post(path)  # as from a page that was opened before
    assert undoing.run(batch.pk) == "done"
    page = client.get(f"{HOME}{batch.pk}/").content.decode()
    assert "Noget bruger det, filen bragte." in page
    assert f'href="{path}"' in page
    assert Person.objects.filter(email="eva@vestby.example").exists()


def test_a_long_preview_is_paged_and_leaves_as_a_file(town, hans, client_for, django_assert_max_num_queries):
    text = "Navn;E-mail\n" + "".join(f"Person {n};p{n}@vestby.example\n" for n in range(60))
    batch = kept(hans, "personer", text)
    client, path = client_for(hans), f"{HOME}{batch.pk}/"
    client.get(path)
    with django_assert_max_num_queries(12):
        assert client.get(path).content.decode().count("th-badge") + 1
    assert "Person 55" in client.get(path, {"side": "2"}).content.decode()
    rows = b"".join(client.get(path, {"hent": "csv"}).streaming_content).decode().splitlines()
    assert len(rows) == 61


def test_the_way_there_stands_on_the_set_up_page(town, hans, client_for):
    assert f'href="{HOME}"' in client_for(hans).get("/opsaetning/").content.decode()
    page = client_for(hans).get(HOME).content.decode()
    for kind in KINDS.values():
        assert f'href="{HOME}{kind.key}/"' in page
