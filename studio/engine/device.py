"""Which device a job runs on, and how to say it to a person."""

from __future__ import annotations

import os

from studio.domain.jobs import Device
from studio.errors import ComputeFailed


def choose_device(wanted: Device) -> tuple[str, str]:
    """Choose the device of a job; torch is only loaded where a GPU might be.

    Parameters
    ----------
    wanted : Device
        `auto` takes a CUDA GPU where there is one.

    Returns
    -------
    device : str
        `cpu` or `cuda:0`.
    words : str
        For a person: `CPU (2 cores)` or the GPU's name.

    Raises
    ------
    ComputeFailed
        If CUDA was asked for and there is none.
    """
    cores = os.cpu_count() or 1
    cpu = "cpu", f"CPU ({cores} core{'s' if cores > 1 else ''})"
    if wanted == "cpu" or (wanted == "auto" and not _driver_is_there()):
        return cpu
    import torch

    if torch.cuda.is_available():
        return "cuda:0", torch.cuda.get_device_name(0)
    if wanted == "cuda":
        raise ComputeFailed(
            "There is no CUDA GPU that PyTorch can use on this machine.",
            "Choose the device “auto” or “cpu”, or another compute target.",
        )
    return cpu


def _driver_is_there() -> bool:
    """Tell whether a GPU driver is loaded, without loading torch."""
    return any(map(os.path.exists, ("/dev/nvidiactl", "/proc/driver/nvidia", "/dev/dxg"))) or (
        os.name == "nt"
    )
