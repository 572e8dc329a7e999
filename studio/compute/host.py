"""A host that jobs may run on, as a person described it."""

from __future__ import annotations

import getpass

from pydantic import Field

from studio.domain.artefacts import Value

_SSH_PORT = 22


class Host(Value):
    """A host as the person described it in the settings."""

    name: str = Field(min_length=1)
    """Of the compute target."""
    host: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:%-]*$")
    """Name or address."""
    port: int = Field(_SSH_PORT, ge=1, le=65535)
    user: str = ""
    """Empty for the person's name here."""
    key_file: str = ""
    """Private key that is tried first; empty for the agent's and the usual ones."""
    python: str = "python3"
    """Interpreter there whose environment has the studio's packages."""
    folder: str = "~/.visual-ai-studio"
    """Where the studio may keep its things there."""

    def login(self) -> str:
        """Return the name to log in with."""
        return self.user or getpass.getuser()

    def known_as(self) -> str:
        """Return the name under which its key is kept, as OpenSSH writes it."""
        return self.host if self.port == _SSH_PORT else f"[{self.host}]:{self.port}"

    def command(self) -> str:
        """Return the OpenSSH command that reaches it, for a person."""
        port = "" if self.port == _SSH_PORT else f"-p {self.port} "
        return f"ssh {port}{self.login()}@{self.host}"
