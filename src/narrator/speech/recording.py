"""A take from an actor, checked: what an engine gives is believed only when it is sound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from narrator.audio import Audio, decibels
from narrator.errors import EngineError, NarratorError
from narrator.speech.engine import Actor, Word

SILENCE_DB: Final = -70.0
"""A take whose peak (dBFS) is below this is silence: the noise of 16 bits is at -96, a whisper near -20."""

FASTEST, SLOWEST = 0.01, 0.6
"""Seconds a letter. Speech takes 0.05 to 0.1; outside these, words were dropped or the engine rambles."""

LONG, FASTEST_LONG = 40, 0.02
"""Letters from which on haste is told apart from a short word; seconds a letter there: 600 words a minute."""

GRACE = 3.0
"""Seconds that a take may be longer than its letters explain: silence at the edges, digits, abbreviations."""


CLIPPED: Final = 0.001
"""The share of samples in flat tops from which a take is clipped; a single click is not heard."""

FLAT: Final = 4
"""Equal samples in a row, at the peak of the take, that are a flat top; a wave has two there, or three."""


class UnsoundError(EngineError):
    """An engine gave something that is no sound of the words; another seed may give a sound one."""


def record(actor: Actor, words: Sequence[Word], *, delivery: str, pace: float, seed: int) -> Audio:
    """One take of `words`, as the engine gave it.

    Raises EngineError, which names the engine, where it died; UnsoundError, which says what it returned, for
    anything but finite mono float32 samples of a plausible length with sound in them. The caller adds the
    place.
    """
    name = getattr(actor, "name", None) or f"{type(actor).__module__}.{type(actor).__qualname__}"
    try:
        take = actor.speak(words, delivery=delivery, pace=pace, seed=seed)
    except NarratorError:
        raise
    except Exception as error:
        # An engine is third-party code, and any exception of it means one thing to the user: this voice died.
        # Only this module may say so; the cause stays chained.
        raise died(name, error) from error
    said = "".join(word.respelling or word.phonemes or word.written for word in words)
    wrong = _wrong_with(take, sum(map(str.isalnum, said)), pace)
    if wrong:
        raise UnsoundError(f"the engine {name!r} returned {wrong}", hint=_HINT)
    return take


def clipped(take: Audio) -> float:
    """The share of a take's samples that stand in flat tops: what was louder is lost."""
    import numpy as np

    magnitude = np.abs(take.samples)
    at_top = np.concatenate([[False], magnitude >= magnitude.max(initial=0.0) * (1 - 1e-6), [False]])
    edges = np.flatnonzero(at_top[1:] != at_top[:-1])
    runs = edges[1::2] - edges[::2]
    return float(runs[runs >= FLAT].sum()) / max(1, len(take.samples))


_LONGEST: Final = 200
"""Letters of an engine's own message that are passed on."""

_HINT: Final = "Render again, or give the character another voice in script/cast.toml."


def died(name: str, error: Exception) -> EngineError:
    """The one sentence for an exception of third-party code."""
    told = " ".join(str(error).split())  # some exceptions bring pages; a sentence is one line
    if len(told) > _LONGEST:
        told = f"{told[:_LONGEST]}…"
    detail = f"{type(error).__name__}: {told}" if told else type(error).__name__
    return EngineError(f"the engine {name!r} died ({detail})", hint=_HINT)


def _wrong_with(take: object, letters: int, pace: float) -> str:
    """What is wrong with a take of so many letters, in a few words; empty where nothing is."""
    import numpy as np

    if not isinstance(take, Audio):
        return f"{type(take).__name__} instead of sound"
    if not isinstance(take.rate, int) or take.rate <= 0:
        return f"the sample rate {take.rate!r}"
    samples: object = take.samples
    if not isinstance(samples, np.ndarray):
        return f"{type(samples).__name__} instead of samples"
    if samples.dtype != np.float32 or samples.ndim != 1:
        return f"{samples.dtype} samples of shape {samples.shape} instead of mono float32"
    if samples.size == 0:
        return "nothing"
    if not np.isfinite(samples).all():
        return f"{int((~np.isfinite(samples)).sum())} samples that are not numbers (NaN or infinite)"
    if decibels(float(np.abs(samples).max())) < SILENCE_DB:
        return "silence"
    fastest = FASTEST_LONG if letters >= LONG else FASTEST
    low, high = fastest * letters / pace, GRACE + SLOWEST * letters / pace
    if not low <= take.seconds <= high:
        return f"{take.seconds:.1f} s of sound for {letters} letters and digits"
    return ""
