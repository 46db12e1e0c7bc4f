"""Which browser the tests use: Debian's chromium without a window, or the whole of it where that is what there is."""

from __future__ import annotations

import os
from pathlib import Path

# The shell draws the same pages for less work.
SHELL, WHOLE = Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium")
CHROMIUM = Path(os.environ.get("CHROMIUM") or (SHELL if SHELL.exists() else WHOLE))
MISSING = "NO BROWSER on this machine (apt-get install chromium-headless-shell)"
