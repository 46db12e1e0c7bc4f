"""Bring a file, or mend one."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tovholder.access.personal_data import CPR_REFUSED, contains_cpr
from tovholder.setup.reader import MAX_BYTES
from tovholder.ui.forms import TovholderForm

_FRAGMENT = re.compile(r"^\s*fragment\s*=\s*true\b", re.MULTILINE)


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class SetupFilesField(forms.FileField):
    """One or more files, cleaned to {name: text}."""

    widget = SeveralFiles(attrs={"accept": ".toml"})

    def clean(self, data: Any, initial: Any = None) -> dict[str, str]:
        given = data if isinstance(data, list | tuple) else [data]
        if not [each for each in given if each]:
            raise forms.ValidationError(_("Vælg en fil."), code="required")
        return dict(self._read(super(SetupFilesField, self).clean(each, initial)) for each in given)

    def _read(self, file: UploadedFile) -> tuple[str, str]:
        name = PurePath(str(file.name)).name[-120:]
        if (file.size or 0) > MAX_BYTES:
            raise forms.ValidationError(
                _("%(name)s er for stor. En opsætning fylder højst 1 MB.") % {"name": name}
            )
        try:
            text = file.read().decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError:
            text = "\0"
        if "\0" in text:
            raise forms.ValidationError(_("%(name)s er ikke almindelig tekst i UTF-8.") % {"name": name})
        for number, line in enumerate(text.split("\n"), start=1):
            if contains_cpr(line):
                where = _("%(name)s, linje %(line)s: ") % {"name": name, "line": number}
                raise forms.ValidationError(where + str(CPR_REFUSED), code="cpr")
        return name, text


class UploadForm(TovholderForm):
    setup_files = SetupFilesField(
        label=gettext_lazy("Fil"),
        help_text=gettext_lazy(
            "En TOML-fil med kommunens opsætning. Vælg også dens fragmenter, hvis de ikke følger med Tovholder."
        ),
    )

    def clean_setup_files(self) -> dict[str, str]:
        files: dict[str, str] = self.cleaned_data["setup_files"]
        whole = [name for name, text in files.items() if not _FRAGMENT.search(text)]
        if len(whole) > 1:
            raise forms.ValidationError(_("Vælg kun én fil, der ikke er et fragment."))
        self.main = whole[0] if whole else next(iter(files))
        return files


class TextForm(TovholderForm):
    text = forms.CharField(
        label=gettext_lazy("Filens tekst"),
        strip=False,
        max_length=MAX_BYTES,
        widget=forms.Textarea(attrs={"rows": 30, "spellcheck": "false"}),
    )

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"].replace("\r\n", "\n")
        return text
