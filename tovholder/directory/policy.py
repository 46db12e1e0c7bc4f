"""Who may look people up, and who may change what is written about them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tovholder.access.decision import Decision, no, yes
from tovholder.accounts.models import Role, User
from tovholder.directory.models import Person
from tovholder.directory.standing import LOOKS, SEES_PEOPLE, conveners_today, convenes_something


def may_look(user: User) -> Decision:
    """May open the directory at all."""
    if user.has_role(*LOOKS):
        return yes("role")
    return no("no_directory", _("Vejviseren er for dem, der arbejder i eller med netværkene."))


def may_read(user: User, person: Person) -> Decision:
    """May see that a person is here. Open participants see who convenes, and themselves."""
    if user.has_role(*SEES_PEOPLE):
        return yes("role")
    if user.has_role(Role.OPEN_PARTICIPANT):
        if person.user_id == user.pk:
            return yes("self")
        if conveners_today().filter(pk=person.pk).exists():
            return yes("convener")
    return no("person_unknown", _("Personen findes ikke i din vejviser."))


def may_see_contact(user: User, person: Person) -> Decision:
    """May see e-mail and phone: those who see people at all, and oneself."""
    if user.has_role(*SEES_PEOPLE):
        return yes("role")
    if person.user_id == user.pk:
        return yes("self")
    return no("no_contact", _("E-mail og telefon vises kun for samarbejdets egne medlemmer."))


def may_edit(user: User) -> Decision:
    """May write in the directory: an administrator, and whoever convenes a forum."""
    if user.has_role(Role.ADMINISTRATOR):
        return yes("administrator")
    if convenes_something(user):
        return yes("convener")
    return no("not_convener", _("Kun tovholdere og administratorer kan rette i vejviseren."))


def may_place(user: User, person: Person) -> Decision:
    """May say where a person comes from: nobody of themselves but an administrator, who reads no case.

    The sharing rules, and what is criminal, open to the organisation that somebody is from.
    """
    if user.has_role(Role.ADMINISTRATOR):
        return yes("administrator")
    if person.user_id == user.pk:
        return no(
            "own_organisation", _("Du kan ikke selv ændre, hvor du kommer fra. Bed en administrator om det.")
        )
    return yes("another")


def may_give_login(user: User) -> Decision:
    if user.has_role(Role.ADMINISTRATOR):
        return yes("administrator")
    return no("not_administrator", _("Kun en administrator kan give et login."))


def may_change(person: Person) -> Decision:
    """The state question: who has left is history."""
    if person.left_on is None:
        return yes("current")
    return no("person_left", _("%(person)s er fratrådt og kan ikke ændres.") % {"person": person.name})
