"""The training loop: plain torch, every step recorded, bit-identical when killed and resumed."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import nn

from studio.api.engine import TrainingParams
from studio.domain.operations import Context
from studio.engine.checkpoints import Checkpoint, Checkpoints
from studio.errors import BadInput, Cancelled, OutOfMemory, Paused

_FLUSH_STEPS = 50
_FLUSH_SECONDS = 0.25
_CLIP = 5.0


class Task(Protocol):
    """What differs between classification and detection."""

    @property
    def steps_per_epoch(self) -> int:
        """Number of batches."""

    def loss(self, network: nn.Module, epoch: int, batch: int) -> torch.Tensor:
        """Return the loss of one batch, a scalar that can be differentiated."""

    def validate(self, network: nn.Module) -> dict[str, float]:
        """Measure a network in eval mode.

        The first figure decides which weights are best; of equal ones, the lower `val_loss`.
        """


@dataclass(frozen=True)
class Precision:
    """How numbers are kept while training on a device."""

    device: torch.device
    dtype: torch.dtype | None = None
    """bfloat16 or float16 on CUDA; None for plain float32."""

    @classmethod
    def on(cls, device: str) -> Precision:
        """Choose the precision of a device: on a GPU bf16, or fp16 where it has none."""
        where = torch.device(device)
        # The GTX 16 series gives numbers that are not finite in half precision.
        if where.type != "cuda" or "GTX 16" in torch.cuda.get_device_name(where):
            return cls(where)
        good = torch.cuda.is_bf16_supported(including_emulation=False)
        return cls(where, torch.bfloat16 if good else torch.float16)

    @property
    def words(self) -> str:
        """Say it to a person."""
        names = {torch.bfloat16: "bf16", torch.float16: "fp16", None: "float32"}
        return names[self.dtype]


@contextlib.contextmanager
def room_explained() -> Iterator[None]:
    """Say so where the device has no room left, GPU or not; raises `OutOfMemory`."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        full = isinstance(error, (torch.OutOfMemoryError, MemoryError))
        # On the CPU torch has no error of its own for it.
        if not full and "DefaultCPUAllocator" not in str(error):
            raise
        raise OutOfMemory(
            "There is no room for a network and a batch of this size.",
            "Use a smaller batch or smaller pictures, or another device.",
        ) from error


class Loop:
    """One training, from its first step or from a checkpoint.

    Parameters
    ----------
    ctx : Context
        For progress, metrics and wishes.
    network : nn.Module
        On the device, in training mode.
    task : Task
        Gives losses and figures.
    params : TrainingParams
        Of the operation.
    precision : Precision
        Device and dtype.
    """

    def __init__(
        self,
        ctx: Context,
        network: nn.Module,
        task: Task,
        params: TrainingParams,
        precision: Precision,
    ) -> None:
        self._ctx = ctx
        self._network = network
        self._task = task
        self._precision = precision
        self._total = params.epochs * task.steps_per_epoch
        self._epochs = params.epochs
        self._every = params.checkpoint_seconds
        self._optimiser = _optimiser(network, params)
        self._scheduler = _scheduler(self._optimiser, params, self._total)
        self._weights = list(network.parameters())
        half = precision.dtype == torch.float16
        self._scaler = torch.amp.GradScaler("cuda") if half else None
        self._checkpoints = Checkpoints(ctx.folder / "checkpoints")
        self._step = 0
        self._best_step = -1
        self._best: dict[str, float] = {}
        self._held: list[tuple[int, torch.Tensor, float]] = []
        self._flushed = self._saved = time.monotonic()

    def run(self) -> dict[str, float]:
        """Train to the end; the network is left with its best weights.

        Returns
        -------
        dict of str to float
            Figures of the best weights.

        Raises
        ------
        Paused, Cancelled
            When asked; after a pause the job can be resumed.
        BadInput
            If the loss is no number any more.
        OutOfMemory
            If a batch does not fit.
        """
        self._resume()
        with room_explained():
            while self._step < self._total:
                self._one_step()
            self._take_best()
        return self._best

    def _take_best(self) -> None:
        if self._best_step < 0:
            return
        weights = self._checkpoints.best(self._best_step)
        if weights is not None:
            self._network.load_state_dict(weights)
            return
        self._ctx.log("The best weights cannot be read back; the last ones are taken.", "warning")
        self._best = self._figures()

    def _one_step(self) -> None:
        per_epoch = self._task.steps_per_epoch
        epoch, batch = divmod(self._step, per_epoch)
        rate = self._optimiser.param_groups[0]["lr"]
        self._optimiser.zero_grad(set_to_none=True)
        loss = self._learn(epoch, batch)
        self._scheduler.step()
        self._held.append((self._step, loss.detach(), rate))
        self._step += 1
        now = time.monotonic()
        ended = batch + 1 == per_epoch
        if ended or len(self._held) >= _FLUSH_STEPS or now - self._flushed >= _FLUSH_SECONDS:
            self._flush()
            if ended:
                self._validate(epoch)
            self._listen()
        if self._every == 0 or now - self._saved >= self._every:
            self._save()

    def _learn(self, epoch: int, batch: int) -> torch.Tensor:
        """Move the weights by one batch; returns its loss."""
        scaler, dtype = self._scaler, self._precision.dtype
        if dtype is None:
            loss = self._task.loss(self._network, epoch, batch)
        else:
            with torch.autocast(self._precision.device.type, dtype=dtype):
                loss = self._task.loss(self._network, epoch, batch)
        if scaler is None:
            loss.backward()  # type: ignore[no-untyped-call]
        else:
            scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
            scaler.unscale_(self._optimiser)
        nn.utils.clip_grad_norm_(self._weights, _CLIP)
        if scaler is None:
            self._optimiser.step()
        else:
            scaler.step(self._optimiser)
            scaler.update()
        return loss

    def _flush(self) -> None:
        """Bring the losses of the last steps to the CPU at once and record them."""
        self._flushed = time.monotonic()
        if not self._held:
            return
        losses = torch.stack([loss for _, loss, _ in self._held]).float().tolist()
        for (step, _, rate), loss in zip(self._held, losses, strict=True):
            self._ctx.metrics(step, loss=loss, learning_rate=rate)
        self._held.clear()
        self._ctx.progress(self._step, self._total, "steps")
        if not all(map(math.isfinite, losses)):
            raise BadInput(
                f"The loss was no longer a number around step {self._step:,}.",
                "Lower the learning rate, or look for broken pictures and labels.",
            )

    def _validate(self, epoch: int) -> None:
        figures = self._figures()
        self._ctx.metrics(self._step - 1, **figures)
        if _rank(figures) > _rank(self._best):
            self._best_step, self._best = self._step, figures
            self._checkpoints.save_best(self._step, self._network.state_dict())
        said = ", ".join(f"{name.replace('_', ' ')} {v:.4f}" for name, v in figures.items())
        self._ctx.log(f"Epoch {epoch + 1} of {self._epochs}: {said}")

    def _figures(self) -> dict[str, float]:
        self._network.eval()
        figures = self._task.validate(self._network)
        self._network.train()
        return figures

    def _listen(self) -> None:
        asked = self._ctx.asked()
        if asked == "pause":
            self._save()
            raise Paused(f"It was paused after step {self._step:,} of {self._total:,}.")
        if asked == "cancel":
            raise Cancelled(f"It was cancelled after step {self._step:,} of {self._total:,}.")

    def _save(self) -> None:
        self._flush()
        self._ctx.settle()
        self._checkpoints.save(
            Checkpoint(
                step=self._step,
                network=self._network.state_dict(),
                optimiser=self._optimiser.state_dict(),
                scheduler=_plain(self._scheduler.state_dict()),
                scaler=self._scaler.state_dict() if self._scaler else {},
                best_step=self._best_step,
                best_metrics=self._best,
            )
        )
        self._saved = time.monotonic()

    def _resume(self) -> None:
        found = self._checkpoints.latest()
        if found is None:
            return
        self._network.load_state_dict(found.network)
        self._optimiser.load_state_dict(found.optimiser)
        self._scheduler.load_state_dict(found.scheduler)
        # Paused on another device, it may have had none.
        if self._scaler is not None and found.scaler:
            self._scaler.load_state_dict(found.scaler)
        self._step = found.step
        self._best_step, self._best = found.best_step, found.best_metrics
        self._ctx.log(f"Goes on from the checkpoint after step {self._step:,} of {self._total:,}.")


def _rank(figures: Mapping[str, float]) -> tuple[float, float]:
    """Order epochs: by the first figure, then by the loss; no figures come last."""
    return next(iter(figures.values()), -math.inf), -figures.get("val_loss", 0.0)


def _plain(state: Mapping[str, object]) -> dict[str, object]:
    """Keep what is a value; functions among it are made anew by the same parameters."""
    kept = (int, float, str, bool, list, tuple, type(None))
    return {name: value for name, value in state.items() if isinstance(value, kept)}


def _optimiser(network: nn.Module, params: TrainingParams) -> torch.optim.Optimizer:
    decayed = [p for p in network.parameters() if p.requires_grad and p.ndim > 1]
    plain = [p for p in network.parameters() if p.requires_grad and p.ndim <= 1]
    groups = [
        {"params": decayed, "weight_decay": params.weight_decay},
        {"params": plain, "weight_decay": 0.0},
    ]
    if params.optimiser == "sgd":
        return torch.optim.SGD(groups, lr=params.learning_rate, momentum=0.9, nesterov=True)
    return torch.optim.AdamW(groups, lr=params.learning_rate)


def _scheduler(
    optimiser: torch.optim.Optimizer, params: TrainingParams, total: int
) -> torch.optim.lr_scheduler.LambdaLR:
    return torch.optim.lr_scheduler.LambdaLR(optimiser, _schedule(params.schedule, total))


def _schedule(name: str, total: int) -> Callable[[int], float]:
    """Return the share of the learning rate at each step, in 0..1.

    `one-cycle` rises over the first 30 % and falls to almost nothing (Smith, Topin 2017), `cosine`
    falls from the start (Loshchilov, Hutter 2016).
    """

    def one_cycle(step: int) -> float:
        at = step / max(1, total)
        if at < 0.3:
            return 0.04 + 0.96 * (1 - math.cos(math.pi * at / 0.3)) / 2
        return max(1e-3, (1 + math.cos(math.pi * min(1.0, (at - 0.3) / 0.7))) / 2)

    def cosine(step: int) -> float:
        return max(1e-3, (1 + math.cos(math.pi * min(1.0, step / max(1, total)))) / 2)

    def constant(step: int) -> float:
        del step
        return 1.0

    return {"one-cycle": one_cycle, "cosine": cosine}.get(name, constant)
