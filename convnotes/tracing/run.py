"""`trace` itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from convnotes.tracing.errors import first_sentence
from convnotes.tracing.forward import Job
from convnotes.tracing.inputs import Sizes, checked
from convnotes.tracing.model_copy import deep, uncalled
from convnotes.tracing.report import Report
from convnotes.tracing.summarise import Reader


def trace(
    model: nn.Module,
    input_size: Sizes,
    *,
    dtype: torch.dtype | str | None = None,
    target: str | None = None,
    args: Sequence[Any] = (),
    kwargs: dict[str, Any] | None = None,
    device: str = "meta",
) -> Report:
    """The receptive field of every layer of a model, exact wherever every operation has a rule.

    input_size: (channels, length), (channels, height, width) or (channels, depth, height, width), without the batch;
    (length,) for a flat input or a sequence of tokens. Of several inputs, a dictionary of their sizes by name: fields
    are those in the first. dtype: of its numbers, such as int64 for tokens; that of the model's weights by default.
    target: name of the module or operation whose field is wanted; the last spatial map by default. args, kwargs: more
    arguments of the model's forward. device: `meta` runs no arithmetic; `cpu` is taken where the model needs numbers.
    Only a copy is run, in evaluation mode; forward hooks that are no part of the model are not called. Raises
    TraceError where the model fails at this size, with the rows so far in its `report`.

    >>> report = trace(nn.Sequential(nn.Conv2d(3, 8, 7, stride=2, padding=3), nn.MaxPool2d(3, 2, 1)), (3, 64, 64))
    >>> report.output.size, [int(s) for s in report.output.stride], report.output.start
    ((11, 11), [4, 4], (-5, -5))
    >>> report.box("1", 0, 15)
    (range(0, 6), range(55, 64))
    >>> trace(nn.Conv2d(3, 8, 3), (1, 32, 32))
    Traceback (most recent call last):
        ...
    convnotes.tracing.TraceError: Conv2d fails at input 1×32×32, at convolution, which got 1 channels and expects 3
    """
    if not isinstance(model, nn.Module):
        raise TypeError(f"trace() got {type(model).__name__} as the model, expected a torch.nn.Module")
    job = Job(model, checked(input_size, dtype), tuple(args), dict(kwargs or {}))
    with deep(model):
        return _report(job, device, target)


def _report(job: Job, device: str, target: str | None) -> Report:
    done, notes = job.run(device), list[str]()
    if done.error is not None and device == "meta" and done.error is not done.tracer.refused:
        asks = "the model asks for the numbers in a tensor" if needs_numbers(done.error) else "it fails on shapes alone"
        notes.append(f"Run on the CPU, for this input only: {asks} ({first_sentence(done.error)}).")
        device, done = "cpu", job.run("cpu")
    if len(job.inputs.sizes) > 1:
        notes.append(
            f"Inputs: {job.inputs.told()}. Fields are those in {job.inputs.names[0]}; the others are constants."
        )
    if left := uncalled(job.model):
        notes.append(f"{left}; what it changes in the output is not in these numbers.")
    return Reader(job, done, device, notes).report(target)


def needs_numbers(error: BaseException) -> bool:
    """Whether a forward failed for want of numbers, rather than by itself."""
    text = f"{type(error).__name__} {error}".lower()
    return "meta" in text or "datadependent" in text or "data-dependent" in text
