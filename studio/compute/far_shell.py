"""What is said to the shell of a host: short POSIX scripts, every word quoted."""

from __future__ import annotations

import shlex


def path(text: str) -> str:
    """Quote a path; a leading `~/` stands for the home folder there."""
    if text.startswith("~/"):
        return f'"$HOME"/{shlex.quote(text[2:])}'
    return shlex.quote(text)


def make_root(folder: str) -> str:
    """Make the studio's folder and print where it is."""
    root = path(folder)
    return f"umask 077 && mkdir -p {root}/jobs {root}/code {root}/objects && cd {root} && pwd -P"


def has(there: str) -> str:
    """Print `yes` if a path exists."""
    return f"if [ -e {shlex.quote(there)} ]; then echo yes; else echo no; fi"


def unpack(folder: str) -> str:
    """Unpack a tar stream into a folder that is there as a whole or not at all."""
    target = shlex.quote(folder)
    return (
        f't=$(mktemp -d {target}.XXXXXX) && tar -xf - -C "$t" && '
        f'{{ [ -e {target} ] && rm -rf "$t" || mv "$t" {target}; }}'
    )


def start(worker: list[str]) -> str:
    """Start a worker as a process group of its own, unless one is at work; print its number.

    Parameters
    ----------
    worker : list of str
        Quoted words of the command: environment, interpreter, module, job folder, options.
    """
    folder = worker[3]
    command = " ".join(worker[1:])
    return (
        f"cd {folder} || exit 1\n"
        f"p=$(cat group 2>/dev/null)\n{_ours(folder)}"
        'if ours; then echo "$p"; exit 0; fi\n'
        "rm -f exit.json control.jsonl lease.json\n"
        f"export {worker[0]} PYTHONUNBUFFERED=1\n"
        f"setsid nohup {command} >> log.txt 2>&1 < /dev/null &\n"
        "echo $! > group; cat group"
    )


def look(folder: str, group: str) -> str:
    """Print `ended` if there is an exit, else `alive` or `gone`."""
    quoted = shlex.quote(folder)
    return (
        f"p={shlex.quote(group)}\n{_ours(quoted)}"
        f"if ours; then w=alive; else w=gone; fi\n"
        f"if [ -e {quoted}/exit.json ]; then w=ended; fi\necho $w"
    )


def end(folder: str, group: str, grace_seconds: float) -> str:
    """Leave a watcher there that ends a process group which does not go by itself."""
    quoted = shlex.quote(folder)
    script = f"p={shlex.quote(group)}\n{_ours(quoted)}"
    for name in ("TERM", "KILL"):
        script += f'sleep {grace_seconds:g}; ours || exit 0; kill -s {name} -- "-$p"\n'
    return f"setsid nohup sh -c {shlex.quote(script)} > /dev/null 2>&1 < /dev/null &"


def _ours(quoted_folder: str) -> str:
    """Define `ours`: whether process `$p` is the worker of this folder, not a later process."""
    return (
        'ours() { [ -n "$p" ] && { tr "\\0" " " < "/proc/$p/cmdline" || ps -o args= -p "$p"; } '
        f"2>/dev/null | grep -qF -- {quoted_folder}; }}\n"
    )
