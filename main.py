"""Set everything up on a fresh machine, then do the deed. Needs Python 3.11 or newer, nothing else.

    python3 main.py              open the window on the sample project; without a screen: quickstart
    python3 main.py test         pass the tests
    python3 main.py COMMAND ...  any command of the studio, for example: python3 main.py --help

A virtual environment is made in `.venv` beside this file (`STUDIO_VENV` names another place). What
is installed is pinned by `constraints.txt`. On Debian and Ubuntu the few system packages that Qt
needs are installed when run as root, and named otherwise.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ENVIRONMENT = Path(os.environ.get("STUDIO_VENV", HERE / ".venv"))
WINDOW_LIBRARIES = {
    # Debian package: a file that tells that it is there, by glob below /usr
    "libegl1": "lib/*/libEGL.so.1",
    "libgl1": "lib/*/libGL.so.1",
    "libxkbcommon0": "lib/*/libxkbcommon.so.0",
    "libxkbcommon-x11-0": "lib/*/libxkbcommon-x11.so.0",
    "libdbus-1-3": "lib/*/libdbus-1.so.3",
    "libfontconfig1": "lib/*/libfontconfig.so.1",
    "libglib2.0-0": "lib/*/libglib-2.0.so.0",
    "libxcb-cursor0": "lib/*/libxcb-cursor.so.0",
    "libxcb-icccm4": "lib/*/libxcb-icccm.so.4",
    "libxcb-keysyms1": "lib/*/libxcb-keysyms.so.1",
    "libxcb-shape0": "lib/*/libxcb-shape.so.0",
}
TEST_PROGRAMS = {
    "xvfb": "bin/Xvfb",
    "openssh-server": "sbin/sshd",
    "openssh-client": "bin/ssh-keygen",
}


def say(text: str) -> None:
    """Tell the person what is going on."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def missing_packages(wanted: dict[str, str]) -> list[str]:
    """List the Debian packages whose files are not there."""
    roots = (Path("/usr"), Path("/"))
    return [
        name
        for name, pattern in wanted.items()
        if not any(next(root.glob(pattern), None) for root in roots)
    ]


def ensure_system_packages(wanted: dict[str, str]) -> None:
    """Install Debian packages as root; as anyone else, name them and go on."""
    if sys.platform != "linux" or not shutil.which("apt-get"):
        return
    missing = missing_packages(wanted)
    if not missing:
        return
    command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *missing]
    if os.geteuid() != 0:
        say("These system packages are missing; please run: sudo " + " ".join(command))
        return
    say("Installing system packages: " + " ".join(missing))
    quiet = {
        "stdout": subprocess.DEVNULL,
        "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
    }
    subprocess.run(["apt-get", "update", "-q"], check=False, **quiet)
    if subprocess.run(command, check=False, **quiet).returncode:
        say("Could not install them all; going on without. Install them by hand if a step fails.")


def environment_python() -> Path:
    """Return the interpreter of the virtual environment."""
    if os.name == "nt":
        return ENVIRONMENT / "Scripts" / "python.exe"
    return ENVIRONMENT / "bin" / "python"


def ensure_environment(extras: str) -> Path:
    """Make the virtual environment, or bring it up to date if what is wanted has changed."""
    python = environment_python()
    wanted = hashlib.sha256(
        (HERE / "pyproject.toml").read_bytes() + (HERE / "constraints.txt").read_bytes()
    ).hexdigest()
    stamps = ENVIRONMENT / "studio-extras"
    stamp = stamps / extras.replace(",", "+")
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return python
    if not python.exists():
        say(f"Making a virtual environment in {ENVIRONMENT}")
        venv.create(ENVIRONMENT, with_pip=True)
    say("Installing what the studio needs (PyTorch is large: some minutes the first time)")
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--constraint", str(HERE / "constraints.txt")]
    command += ["--editable", f"{HERE}[{extras}]"]
    if subprocess.run(command, check=False).returncode:
        say("pip could not install everything; its words stand above. Then run this again.")
        raise SystemExit(1)
    stamps.mkdir(exist_ok=True)
    stamp.write_text(wanted)
    return python


def has_screen() -> bool:
    """Tell whether a window could be shown."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def main(arguments: list[str]) -> int:
    """Set up, then run the deed; returns its exit code."""
    if sys.version_info < (3, 11):  # noqa: UP036  (this file must say so itself)
        say("The studio needs Python 3.11 or newer; this is " + sys.version.split()[0])
        return 1
    ensure_system_packages(WINDOW_LIBRARIES)
    if arguments[:1] == ["test"]:
        ensure_system_packages(TEST_PROGRAMS)
        python = ensure_environment("engine,test,window")
        command = [str(python), str(HERE / "tests" / "run.py"), *arguments[1:]]
    else:
        python = ensure_environment("engine,window")
        deed = arguments or (["window", "--sample"] if has_screen() else ["quickstart"])
        command = [str(python), "-m", "studio.cli", *deed]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
