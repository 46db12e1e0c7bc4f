"""Somebody comes from the municipality's own login service: who are they here, and what may they?"""

from __future__ import annotations

from allauth.socialaccount.models import SocialAccount
from django.utils.translation import gettext as _

from tovholder.access.decision import Decision, no, yes
from tovholder.accounts.models import User
from tovholder.accounts.queries import log_reviewers
from tovholder.accounts.services.logins import change_roles
from tovholder.accounts.services.rights import tell_of_rights
from tovholder.accounts.services.sessions import drop_sessions
from tovholder.accounts.sign_on import Identity, Relative, SignOn
from tovholder.audit.models import SYSTEM, Event
from tovholder.audit.services import record


def arrive(*, sign_on: SignOn, who: Identity, known: User | None) -> tuple[User | None, Decision]:
    """Find, make, close or open the login by rule, and set the roles that groups decide.

    `known` is the login that this identity has used before. Does not raise Refused: that the login was closed
    must stand although the answer is no.
    """
    if known is None:
        known, decision = _by_email(who)
        if not decision:
            return known, decision
    roles = sign_on.roles_of(who.groups)
    if sign_on.roles and not roles:
        _close(known)
        return known, no("no_group", _("Du har ikke adgang til Tovholder. Bed din leder om den."))
    if known is None:
        if not roles:
            return None, no(
                "no_login", _("Du har ikke et login i Tovholder endnu. Bed administratoren om et.")
            )
        known = User.objects.create_user(email=who.email, name=who.name)
        record(by=SYSTEM, action="login.created", obj=known)
    if not known.is_active and not (roles and known.closed_by_sign_on):
        return known, no("closed", _("Dit login er lukket. Skriv til administratoren, hvis det er en fejl."))
    if not known.is_active:
        _open(known)
    if sign_on.roles:
        present = frozenset(known.role_grants.values_list("role", flat=True))
        change_roles(by=SYSTEM, user=known, wanted=(present - sign_on.governed) | roles)
    return known, yes("sign_on")


def may_enter_as_family(who: Relative) -> Decision:
    """May be taken for whom the provider says: it is sure enough, and says the number by which a family is known."""
    if not who.strong:
        return no("not_sure", _("Dit login er ikke sikkert nok til det her. Brug et andet, og prøv igen."))
    if not who.cpr:
        return no(
            "no_cpr", _("Vi fik ikke at vide, hvem du er. Prøv igen, og sig ja til at give dit CPR-nummer.")
        )
    return yes("family")


def _by_email(who: Identity) -> tuple[User | None, Decision]:
    """Find the login with the address: only a verified one counts, and a login belongs to one identity."""
    if not who.email or not who.verified:
        reason = _("Din e-mail er ikke bekræftet. Bed den, der står for kommunens login, om at få det gjort.")
        return None, no("email_unverified", reason)
    found = User.objects.filter(email__iexact=who.email).first()
    if found is None:
        return None, yes("new")
    if SocialAccount.objects.filter(user=found).exists():
        reason = _("Loginnet med din e-mail hører til en anden. Skriv til administratoren.")
        return None, no("other_identity", reason)
    record(by=found, action="login.connected", kind=Event.Kind.LOGIN, obj=found)
    return found, yes("email")


def _close(user: User | None) -> None:
    if user is None or not user.is_active or not SocialAccount.objects.filter(user=user).exists():
        return
    watched = list(log_reviewers())
    user.is_active, user.closed_by_sign_on = False, True
    user.save(update_fields=["is_active", "closed_by_sign_on"])
    record(by=SYSTEM, action="login.closed", obj=user)
    drop_sessions(by=SYSTEM, user=user)
    if user in watched:
        tell_of_rights(user=user, also=watched)


def _open(user: User) -> None:
    user.is_active, user.closed_by_sign_on = True, False
    user.save(update_fields=["is_active", "closed_by_sign_on"])
    record(by=SYSTEM, action="login.opened", obj=user)
    tell_of_rights(user=user)
