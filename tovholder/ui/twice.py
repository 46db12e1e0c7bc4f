"""A form that is shown once more before it is saved, with what follows of it, and saved only as it was shown then.

Works without JavaScript: the second page carries a mark of what was typed, and whoever changes that sees what follows anew.
"""

from __future__ import annotations

import hmac

from django import forms
from django.http import HttpRequest, QueryDict  # noqa: TID251  # stands before views
from django.utils.crypto import salted_hmac

FIELD = "vist"


def mark_of(form: forms.Form, standing: str = "") -> str:
    """Return the mark of what was sent of the form's fields, and of what it would change. It tells nothing of either."""
    sent = form.data
    typed = [
        [name, *(sent.getlist(name) if isinstance(sent, QueryDict) else [str(sent.get(name, ""))])]
        for name in sorted(form.fields)
    ]
    return salted_hmac("tovholder.ui.twice", repr(typed) + standing, algorithm="sha256").hexdigest()


def was_shown(request: HttpRequest, form: forms.Form, standing: str = "") -> bool:
    """Tell whether what follows has been shown of just this, where just that stood before."""
    return hmac.compare_digest(request.POST.get(FIELD, "").encode(), mark_of(form, standing).encode())
