"""Templates: HTML and XML through Jinja, everything in them escaped."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from narrator.report import clock

if TYPE_CHECKING:
    from jinja2 import Environment

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "media-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)
"""The pages' Content-Security-Policy: nothing from elsewhere, no script or style inside a page."""

_HERE = Path(__file__).parent / "templates"


def render(template: str, **values: Any) -> str:  # noqa: ANN401  a template takes what it names
    """The file `template` with these values. What is in them comes out as text, whatever it holds."""
    return _environment().get_template(template).render(**values)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "clock": clock,
        "bytes": readable_size,
        "length": readable_length,
        "iso": iso_duration,
        "ms": lambda seconds: f"{seconds:.3f}",
    }
    environment.globals["policy"] = POLICY
    return environment


def readable_size(size: int) -> str:
    """Bytes as a listener reads them: “5.3 MB”, “412 kB”."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1_000))} kB"
    if size < 1_000_000_000:
        return f"{size / 1_000_000:.1f} MB"
    return f"{size / 1_000_000_000:.2f} GB"


def readable_length(seconds: float) -> str:
    """A duration in words: “10 h 4 min”, “12 min”, “40 s”."""
    if seconds < 60:
        return f"{round(seconds)} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def iso_duration(seconds: float) -> str:
    """A duration in ISO 8601, to the millisecond: “PT3725.5S” is an hour, two minutes and 5.5 s."""
    return f"PT{seconds:.3f}".rstrip("0").rstrip(".") + "S"
