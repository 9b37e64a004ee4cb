"""Arithmetic, architectures and exhibits behind the convnotes notes on convolutional networks."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from convnotes.tracing import trace as trace

__all__ = ["trace"]


def __getattr__(name: str) -> object:
    """`convnotes.trace`, whose import of torch is put off until it is asked for."""
    if name == "trace":
        from convnotes.tracing import trace

        return trace
    raise AttributeError(f"module 'convnotes' has no attribute {name!r}")
