"""Settings, clock, languages and catalogues: what an office may change without touching code."""

from pathlib import Path

FONT = Path(__file__).parent / "fonts" / "NotoSansSC-Regular.otf"  # for pictures made where no Chinese font is
