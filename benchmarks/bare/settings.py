"""Tovholder's own settings with one page more."""

from tovholder.config.settings import *  # noqa: F403
from tovholder.config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks.bare.apps.BareConfig"]
ROOT_URLCONF = "benchmarks.bare.urls"
# The bare page's login reads its user as plain Django does; the other pages' logins as Tovholder does.
AUTHENTICATION_BACKENDS = [*AUTHENTICATION_BACKENDS, "django.contrib.auth.backends.ModelBackend"]  # noqa: F405
