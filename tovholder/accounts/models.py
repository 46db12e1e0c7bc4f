"""Users log in with their e-mail address; what they may do hangs on granted roles."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a login is for. Who convenes which forum is a membership, not a role."""

    ADMINISTRATOR = "administrator", _("Administrator")
    CONSULTANT = "consultant", _("SSP-konsulent")
    MEMBER = "member", _("Medlem")
    MANAGEMENT = "management", _("Ledelse")
    OPEN_PARTICIPANT = "open_participant", _("Åben deltager")
    LOG_REVIEWER = "log_reviewer", _("Loggennemgang")
    DATA_PROTECTION_OFFICER = "data_protection_officer", _("Databeskyttelsesrådgiver")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **extra: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("navn"), max_length=120)
    is_active = models.BooleanField(_("aktiv"), default=True)
    # Closed because the person lost the last group that gives access, not by an administrator: opens by itself again.
    closed_by_sign_on = models.BooleanField(default=False, db_default=False)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(_("oprettet"), auto_now_add=True)

    objects = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_unique_ci")]

    def __str__(self) -> str:
        return self.name

    @property
    def audit_key(self) -> str:
        return f"user:{self.pk}"

    @cached_property
    def roles(self) -> frozenset[str]:
        """The granted roles, read once a request; with the login where it was read `with_roles`."""
        if "granted_roles" in self.__dict__:
            return frozenset(filter(None, (self.__dict__["granted_roles"] or "").split(",")))
        return frozenset(self.role_grants.values_list("role", flat=True))

    def has_role(self, *roles: str) -> bool:
        return bool(self.roles.intersection(roles))


class RoleGrant(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_grants")
    role = models.CharField(_("rolle"), max_length=30, choices=Role.choices)
    granted_at = models.DateTimeField(_("givet"), auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], name="role_once_per_user"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role}"


class LoginSession(models.Model):
    """A place where somebody is logged in: what device, since when, last used. No address is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="login_sessions")
    session_key = models.CharField(max_length=40, unique=True)
    device = models.CharField(_("enhed"), max_length=60)
    started_at = models.DateTimeField(_("logget ind"))
    used_at = models.DateTimeField(_("sidst brugt"))

    def __str__(self) -> str:
        return f"{self.user_id}: {self.device}"
