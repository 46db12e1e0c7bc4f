"""The generator, the independent checker and the brute force stand in benchmarks/, as outsiders would run them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "benchmarks"))
