"""What an administrator types about logins, and what a person types to show who they are."""

from __future__ import annotations

import struct
from typing import Any

from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from tovholder.accounts.models import Role, User
from tovholder.ui.forms import TovholderForm, TovholderFormMixin


class RolesForm(TovholderForm):
    roles = forms.MultipleChoiceField(
        label=_("Roller"),
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Hvem der er tovholder for hvilket forum, står på forummets side."),
    )


class LoginForm(RolesForm):
    name = forms.CharField(label=_("Navn"), max_length=120)
    email = forms.EmailField(label=_("E-mail"))
    field_order = ["name", "email", "roles"]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("Der findes allerede et login med den e-mail. Find det på listen."))
        return email


def code_field(help_text: Any = "") -> forms.CharField:
    """A field for a code: the telephone shows digits and offers the code it has just received."""
    attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
    return forms.CharField(
        label=_("Kode"), max_length=20, help_text=help_text, widget=forms.TextInput(attrs=attrs)
    )


class SpacelessCode:
    """Apps show "123 456", and that is how people type it."""

    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        self.cleaned_data["code"] = "".join(self.cleaned_data["code"].split())
        code: str = super().clean_code()  # type: ignore[misc]
        return code


class CodeForm(SpacelessCode, TovholderFormMixin, mfa.AuthenticateForm):
    code = code_field(_("De 6 cifre i din app. Har du den ikke, så skriv en af dine nødkoder."))


class CodeAgainForm(SpacelessCode, TovholderFormMixin, mfa.ReauthenticateForm):
    code = code_field(_("De 6 cifre i din app, eller en af dine nødkoder."))


class AppForm(SpacelessCode, TovholderFormMixin, totp.ActivateTOTPForm):
    code = code_field()


class JunkProof:
    """What a browser sends of a key is read by a library that stumbles over junk; junk is a wrong key, not a fault."""

    def full_clean(self) -> None:
        try:
            super().full_clean()  # type: ignore[misc]
        except (
            ArithmeticError,
            AttributeError,
            LookupError,
            RecursionError,
            TypeError,
            ValueError,
            struct.error,
        ):
            self.cleaned_data: dict[str, Any] = {}
            self._errors = ErrorDict()
            self.add_error("credential", _("Nøglen kunne ikke læses. Prøv igen."))  # type: ignore[attr-defined]


class KeyLoginForm(JunkProof, webauthn.LoginWebAuthnForm):
    pass


class KeyStepForm(JunkProof, webauthn.AuthenticateWebAuthnForm):
    pass


class KeyAgainForm(JunkProof, webauthn.ReauthenticateWebAuthnForm):
    pass


class KeyForm(JunkProof, webauthn.AddWebAuthnForm):
    name = forms.CharField(label=_("Hvad skal den hedde?"), max_length=60, required=False)


class KeyNameForm(TovholderFormMixin, webauthn.EditWebAuthnForm):
    name = forms.CharField(label=_("Navn"), max_length=60)
