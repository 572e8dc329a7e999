"""labelImg as a process of its own, in an environment of its own: it brings PyQt5."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

from studio import paths
from studio.errors import ComputeFailed, NotFound

VERSION = "1.8.6"
_PROBE = "import labelImg, PyQt5.QtWidgets"
_PROBE_SECONDS = 60


class LabelImgProgram:
    """The installed program.

    Parameters
    ----------
    home : Path
        Folder for an environment that `install` makes.
    """

    def __init__(self, home: Path) -> None:
        self._home = home

    def python(self) -> Path:
        """Return the interpreter that has labelImg.

        Raises
        ------
        NotFound
            If none has it.
        """
        for python in (self._own(), Path(sys.executable)):
            if python.is_file() and _has_labelimg(python):
                return python
        raise NotFound("labelImg is not installed.", "Install it with `studio labelimg install`.")

    def install(self) -> Path:
        """Make an environment with labelImg; returns its interpreter.

        Raises
        ------
        ComputeFailed
            If it cannot be made, for example without a connection.
        """
        try:
            venv.EnvBuilder(with_pip=True, clear=True).create(self._home)
            wanted = [str(self._own()), "-m", "pip", "install", f"labelImg=={VERSION}"]
            done = subprocess.run(wanted, capture_output=True, text=True, check=False)
        except (OSError, subprocess.CalledProcessError) as error:
            raise ComputeFailed(
                f"The environment for labelImg could not be made ({error}).",
                "Make room on the disk, and check the permissions.",
            ) from error
        if done.returncode or not _has_labelimg(self._own()):
            said = (done.stderr.strip().splitlines() or ["no reason was given"])[-1]
            raise ComputeFailed(
                f"labelImg could not be installed: {said}.", "Check the connection and try again."
            )
        return self._own()

    def start(self, pictures: Path, names: Path, labels: Path) -> subprocess.Popen[bytes]:
        """Show labelImg on a folder of pictures.

        Parameters
        ----------
        pictures : Path
            Folder of pictures.
        names : Path
            Text file with one label's name a line.
        labels : Path
            Folder where it reads and writes its XML files.

        Raises
        ------
        NotFound
            If it is not installed.
        """
        script = paths.resources() / "labelimg" / "start.py"
        call = [str(self.python()), str(script), str(pictures), str(names), str(labels)]
        return subprocess.Popen(
            call, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True
        )

    def _own(self) -> Path:
        place = "Scripts/python.exe" if sys.platform == "win32" else "bin/python"
        return self._home / place


def _has_labelimg(python: Path) -> bool:
    try:
        done = subprocess.run(
            [str(python), "-c", _PROBE], capture_output=True, timeout=_PROBE_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
