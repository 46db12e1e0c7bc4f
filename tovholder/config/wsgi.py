"""Entry point for gunicorn. Refuses to start when the master key does not open the keys in the database."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tovholder.config.settings")
application = get_wsgi_application()

from tovholder.citizens.keys.keyring import require_sound  # noqa: E402 -- the models must be ready

require_sound()

# What is loaded by now lives as long as the process, and a page leaves little that only the collector finds: it need not
# look at everything after every few hundred objects.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
