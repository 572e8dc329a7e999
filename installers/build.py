"""Build the bundle for this system with PyInstaller, and start it once.

python installers/build.py            dist/studio/studio
python installers/build.py --check    also start it and ask for its version and its plugins
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def build() -> Path:
    """Run PyInstaller on the recipe; returns the program it made."""
    out = HERE / "build"
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    command += ["--distpath", str(out / "dist"), "--workpath", str(out / "work")]
    subprocess.run([*command, str(HERE / "studio.spec")], check=True)
    name = "studio.exe" if sys.platform == "win32" else "studio"
    return out / "dist" / "studio" / name


def size_mib(folder: Path) -> float:
    """Return the size of all files below a folder, MiB."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 2**20


def main(arguments: list[str]) -> int:
    """Build, say how large it is, and check it if asked."""
    program = build()
    print(f"{program}: {size_mib(program.parent):.0f} MiB")  # noqa: T201
    if "--check" in arguments:
        for words in (["--version"], ["plugins"]):
            subprocess.run([str(program), *words], check=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
