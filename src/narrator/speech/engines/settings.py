"""Reading a voice's settings: what is wrong with one is said in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from narrator.errors import CastError

if TYPE_CHECKING:
    from narrator.book import Voice


def refuse_unknown(voice: Voice, known: Sequence[str]) -> None:
    """Raises CastError for a setting that is none of `known`. Its value is not told: it may be a secret."""
    for name in voice.settings:
        if name not in known:
            raise CastError(
                f"{voice.engine} has no setting {name!r}",
                where=voice.name,
                hint=f"It takes {', '.join(known)}.",
            )


def text(voice: Voice, name: str, default: str = "") -> str:
    """A setting that is text. Raises CastError for a number."""
    value = voice.settings.get(name, default)
    if not isinstance(value, str):
        raise CastError(f"{name} = {value:g} is not text", where=voice.name, hint=f'Write {name} = "…".')
    return value


def needed(voice: Voice, name: str, example: str) -> str:
    """A setting that must be there. Raises CastError without it."""
    value = text(voice, name)
    if not value:
        hint = f"Add {name} = {example} under [settings]."
        raise CastError(f"the {voice.engine} voice names no {name}", where=voice.name, hint=hint)
    return value


def one_of(voice: Voice, name: str, default: str, choices: Sequence[str]) -> str:
    """A setting that is one of a few words. Raises CastError for another."""
    value = text(voice, name, default)
    if value not in choices:
        raise CastError(f"{name} = {value!r} is none of {', '.join(choices)}", where=voice.name)
    return value


def number(voice: Voice, name: str, default: float, limits: tuple[float, float]) -> float:
    """A setting that is a number within limits. Raises CastError for anything else."""
    value, (low, high) = voice.settings.get(name, default), limits
    if isinstance(value, (str, bool)) or not low <= value <= high:
        raise CastError(f"{name} = {value!r} is not a number from {low:g} to {high:g}", where=voice.name)
    return float(value)
