"""Entry point for gunicorn. Refuses to start when the master key does not open the keys in the database."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tovholder.config.settings")
application = get_wsgi_application()

from tovholder.citizens.keys.keyring import require_sound  # noqa: E402 -- the models must be ready

require_sound()
