"""Cut the icon sprite from the design system: `python scripts/icons.py` after `npm ci`.

Writes tovholder/ui/static/ui/icons.svg with the icons named in tovholder/ui/icons.py. Exits 1 when the design system
does not have one of them.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "node_modules/dkfds/dist/img/all-svg-icons.svg"
TARGET = ROOT / "tovholder/ui/static/ui/icons.svg"
NOTE = (
    "<!-- Icons from Det Fælles Designsystem (dkfds), made from Google Material Symbols. "
    "Apache License 2.0, https://www.apache.org/licenses/LICENSE-2.0. Cut out by scripts/icons.py; not edited. -->"
)


def main() -> int:
    sys.path.insert(0, str(ROOT))
    from tovholder.ui.icons import ICONS  # the path is set only now

    sheet = SOURCE.read_text(encoding="utf-8")
    symbols = {
        m.group(1): m.group(0) for m in re.finditer(r'<symbol id="([^"]+)".*?</symbol>', sheet, re.DOTALL)
    }
    missing = sorted(ICONS - symbols.keys())
    if missing:
        print("Not in the design system:", ", ".join(missing))
        return 1
    body = "\n".join(symbols[name] for name in sorted(ICONS))
    TARGET.write_text(f'{NOTE}\n<svg xmlns="http://www.w3.org/2000/svg">\n{body}\n</svg>\n', encoding="utf-8")
    print(f"{len(ICONS)} icons, {TARGET.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
