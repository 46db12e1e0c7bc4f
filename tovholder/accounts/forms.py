"""What an administrator types about logins."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from tovholder.accounts.models import Role, User
from tovholder.ui.forms import TovholderForm


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
