"""Forms come out in the design system's pattern, and no text field takes a CPR number."""

from __future__ import annotations

from datetime import date, time

import pytest
from django import forms
from django.template import Context, Template

from tovholder.ui.forms import TovholderForm

CPR = "010203-1234"


class Sample(TovholderForm):
    title = forms.CharField(label="Titel", help_text="Kort og klart")
    note = forms.CharField(label="Note", widget=forms.Textarea, required=False)
    day = forms.DateField(label="Dag", required=False)
    clock = forms.TimeField(label="Klokken", required=False)
    answer = forms.ChoiceField(
        label="Kommer du?", choices=[("j", "Ja"), ("n", "Nej")], widget=forms.RadioSelect
    )
    read = forms.BooleanField(label="Læst", required=False)


def group(form: forms.Form, name: str) -> str:
    return str(form[name].as_field_group())


def test_untouched_field_is_described_by_its_hint_only():
    drawn = group(Sample(), "title")
    assert 'id="id_title_helptext"' in drawn
    assert 'aria-describedby="id_title_helptext"' in drawn
    assert "aria-invalid" not in drawn
    assert 'class="form-input"' in drawn
    assert 'for="id_title"' in drawn


def test_field_with_error_says_so_to_everyone():
    drawn = group(Sample({}), "title")
    assert 'aria-invalid="true"' in drawn
    assert 'aria-describedby="id_title_helptext id_title_error"' in drawn
    assert 'id="id_title_error"' in drawn
    assert '<div class="form-group form-error">' in drawn
    assert "Skal udfyldes." in drawn


def test_radio_buttons_are_a_fieldset_with_legend():
    drawn = group(Sample({}), "answer")
    assert '<fieldset aria-describedby="id_answer_error"' in drawn
    assert "<legend" in drawn
    assert drawn.count('class="form-group-radio"') == 2


def test_dates_and_times_use_the_browsers_pickers_and_keep_their_value():
    form = Sample(initial={"day": date(2026, 3, 17), "clock": time(13, 0)})
    assert 'type="date" name="day" value="2026-03-17"' in group(form, "day")
    assert 'type="time" name="clock" value="13:00"' in group(form, "clock")


def test_error_summary_links_to_each_field():
    form = Sample({})
    drawn = Template("{% load ui %}{% error_summary form %}").render(Context({"form": form}))
    assert 'href="#id_title"' in drawn
    assert 'href="#id_answer_0"' in drawn
    assert "Der er 2 ting, du skal rette" in drawn
    assert 'id="id_answer_0"' in group(form, "answer")


def test_error_summary_of_a_good_form_is_nothing():
    form = Sample({"title": "x", "answer": "j"})
    assert Template("{% load ui %}{% error_summary form %}").render(Context({"form": form})).strip() == ""


@pytest.mark.parametrize("name", ["title", "note"])
def test_cpr_is_refused_in_every_text_field(name):
    form = Sample({"title": "Titel", "answer": "j", name: f"Ring om {CPR} i morgen"})
    assert not form.is_valid()
    assert set(form.errors) == {name}
    assert "CPR" in form.errors[name][0]


def test_cpr_is_refused_in_a_field_that_was_added_late():
    form = Sample({"title": "Titel", "answer": "j", "late": CPR})
    form.fields["late"] = forms.CharField()
    assert set(form.errors) == {"late"}


def test_password_is_no_free_text():
    class Login(TovholderForm):
        password = forms.CharField(widget=forms.PasswordInput)

    assert Login({"password": CPR}).is_valid()


@pytest.mark.parametrize(("required", "mark"), [((True, True), ""), ((False, False), "")])
def test_nothing_is_marked_when_all_fields_are_alike(required, mark):
    form = TovholderForm()
    form.fields = {f"f{n}": forms.CharField(required=each) for n, each in enumerate(required)}
    assert form.mark == mark


def test_the_fewest_are_marked():
    few_needed = Sample()
    assert few_needed.mark == "required"
    assert "(skal udfyldes)" in group(few_needed, "title")
    assert "udfyldes" not in group(few_needed, "note")

    class Mostly(TovholderForm):
        a = forms.CharField()
        b = forms.CharField()
        c = forms.CharField(required=False)

    assert "(frivilligt)" in group(Mostly(), "c")
    assert "(frivilligt)" not in group(Mostly(), "a")


def test_hint_can_be_replaced_or_left_out():
    def drawn(tag: str) -> str:
        return Template("{% load ui %}" + tag).render(Context({"form": Sample()}))

    assert "Kort og klart" in drawn("{% field form.title %}")
    other = drawn('{% field form.title hint="Noget andet" %}')
    assert "Noget andet" in other
    assert "Kort og klart" not in other
    none = drawn('{% field form.title hint="" %}')
    assert "helptext" not in none
    assert "aria-describedby" not in none
