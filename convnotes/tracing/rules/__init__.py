"""Rules by family; importing this package fills the table."""

from convnotes.tracing.rules import indexing, joining, mixing, shapes, slices, spatial
from convnotes.tracing.rules.registry import (
    RULES,
    Call,
    Lens,
    NeedsNumbers,
    Unruled,
    bind,
    is_pointwise,
    local,
    register_rule,
    short_name,
)

__all__ = [
    "RULES",
    "Call",
    "Lens",
    "NeedsNumbers",
    "Unruled",
    "bind",
    "indexing",
    "is_pointwise",
    "joining",
    "local",
    "mixing",
    "register_rule",
    "shapes",
    "short_name",
    "slices",
    "spatial",
]
