"""What can point to a person is asked about at the field, and stays only by choice."""

from __future__ import annotations

import re

import pytest
from django import forms

from tests.factories import OrganisationFactory
from tovholder.access.guard import find_personal_data
from tovholder.ui.forms import TovholderForm
from tovholder.ui.guarding import KEEP, find, seal_of

TEXT = "Emma fra 6.b er 12 år og kan træffes på 22 45 67 89."


class NoteForm(TovholderForm):
    guarded = ("note",)

    note = forms.CharField(widget=forms.Textarea)
    level = forms.CharField(required=False)


def control(text: str) -> str:
    return f"note-vagt-{seal_of([text])}"


def asked(form: forms.BaseForm) -> list[str]:
    return re.findall(r'<select class="form-select" name="(note-vagt-\w+)"', str(form))


@pytest.mark.django_db
def test_each_finding_is_asked_about_at_its_field_and_nothing_typed_is_lost() -> None:
    form = NoteForm({"note": TEXT})
    assert not form.is_valid()
    assert list(form.errors) == ["note"]
    assert asked(form) == [control(text) for text in ("Emma", "6.b", "12 år", "22 45 67 89")]
    page = str(form)
    assert "Emma fra 6.b" in page
    assert "Erstat med “barnet”" in page
    assert "Det skal stå" in page


@pytest.mark.django_db
def test_what_is_chosen_stands_in_its_place() -> None:
    chosen = {"Emma": "barnet", "6.b": "mellemtrinnet", "12 år": KEEP, "22 45 67 89": "et telefonnummer"}
    form = NoteForm({"note": TEXT, **{control(text): choice for text, choice in chosen.items()}})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["note"] == (
        "barnet fra mellemtrinnet er 12 år og kan træffes på et telefonnummer."
    )


@pytest.mark.django_db
def test_a_yes_is_to_the_words_that_were_shown_and_to_no_others() -> None:
    kept = {control("Emma"): KEEP}
    assert NoteForm({"note": "Emma trives.", **kept}).is_valid()
    other = NoteForm({"note": "Emma og Lukas trives.", **kept})
    assert not other.is_valid()
    assert asked(other) == [control("Emma"), control("Lukas")]
    assert f'value="{KEEP}" selected' in str(other)


@pytest.mark.django_db
def test_a_choice_that_was_not_offered_is_no_choice() -> None:
    assert not NoteForm({"note": "Emma trives.", control("Emma"): "Lukas"}).is_valid()


@pytest.mark.django_db
def test_a_named_text_is_sealed_and_not_looked_through() -> None:
    assert NoteForm({"note": "Emma trives.", "level": "named"}).is_valid()


@pytest.mark.django_db
def test_a_cpr_number_cannot_be_kept_by_any_choice() -> None:
    text = "Barnet er 010203-1234."
    form = NoteForm({"note": text, control("010203-1234"): KEEP})
    assert not form.is_valid()
    assert not asked(form)


@pytest.mark.django_db
def test_places_of_the_municipality_are_nobodys_name() -> None:
    text = "Vi mødes hos Sofies Have."
    assert find(text)
    OrganisationFactory(name="Sofies Have")
    assert not find(text)


@pytest.mark.django_db
def test_who_is_registered_never_changes_the_answer(anna) -> None:
    before = find_personal_data("Anna ringer til skolen.")
    assert (
        [each.text for each in find("Anna ringer til skolen.")] == [each.text for each in before] == ["Anna"]
    )


def test_asking_while_one_writes(anna, client_for) -> None:
    answer = client_for(anna).post("/vejviser/tjek-tekst/", {"text": TEXT})
    assert [each["text"] for each in answer.json()["found"]] == ["Emma", "6.b", "12 år", "22 45 67 89"]
