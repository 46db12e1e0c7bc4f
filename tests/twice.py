"""Post a form that is shown once more before it is saved: look at what follows, then save it as it was shown."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

MARK = re.compile(r'name="vist" value="(\w+)"')


def look_and_save(
    client: Client, path: str, told: dict[str, Any], *, follow: bool = False
) -> tuple[str, Any]:
    """Return the page that said what follows, and the answer to the saving. Fails where nothing was shown."""
    shown = client.post(path, told).content.decode()
    mark = MARK.search(shown)
    assert mark is not None, shown
    return shown, client.post(path, told | {"vist": mark[1]}, follow=follow)
