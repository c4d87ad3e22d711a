"""Lines spoken in a worker: each take is checked before it is kept, and tried again where it is not good."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from narrator import speech
from narrator.audio import Audio
from narrator.build.crew.local import within
from narrator.build.plan import TakeRequest
from narrator.errors import NarratorError

OPENING: Final = 60
"""How many times a voice's patience its model may take to load."""

LETTERS: Final = 60
"""Letters for which a take has as much time again as its voice's patience is: some four seconds of speech."""

_actors: dict[str, speech.Actor] = {}
"""Voices opened in this process, by `TakeRequest.speaker`. The engine shares one model between its own."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A take that is kept. finding: what is wrong with it, where none of its line's takes was good."""

    audio: Audio
    finding: str = ""


@dataclass(slots=True, eq=False)
class _Line:
    """A line while it is spoken. tried: takes with their faults, and the order in which they came."""

    request: TakeRequest
    seeds: tuple[int, ...]
    tried: list[tuple[speech.Fault, int, Audio]] = field(default_factory=list)
    error: speech.UnsoundError | None = None

    @property
    def good(self) -> bool:
        return bool(self.tried) and not self.tried[-1][0].what

    def best(self) -> Kept:
        """The take with the least fault, the earlier of equals. Raises the first error where none is."""
        if not self.tried:
            assert self.error is not None  # noqa: S101  a try gives a take or an error
            raise self.error
        fault, _, audio = min(self.tried, key=lambda tried: (tried[0].cost, tried[1]))
        return Kept(audio, fault.what)


def spoken(requests: Sequence[TakeRequest]) -> Iterator[tuple[TakeRequest, Kept]]:
    """The takes to keep, in order. Takes of a voice that is listened to are heard together.

    Raises EngineError, placed at the line, where an engine gives nothing that is sound.
    """
    lines = [_Line(request, speech.seeds(request.key, request.take)) for request in requests]
    listened = [line for line in lines if speech.listener(line.request.voice)]
    for attempt in range(len(lines[0].seeds) if listened else 0):
        _try_and_hear([line for line in listened if not line.good], attempt)
    for line in lines:
        with placed(line.request.where):
            for attempt in range(0 if line in listened else len(line.seeds)):
                audio = _try(line, attempt)
                if audio is not None:
                    line.tried.append((_sound_fault(audio), attempt, audio))
                if line.good:
                    break
            kept = line.best()
        yield line.request, kept


def _try_and_hear(lines: Sequence[_Line], attempt: int) -> None:
    """A take of each line, and what is heard of all of them."""
    said: dict[str, list[tuple[_Line, Audio]]] = {}
    for line in lines:
        with placed(line.request.where):
            audio = _try(line, attempt)
            ears = speech.listener(line.request.voice)
        if audio is not None and ears is not None:
            said.setdefault(ears.name, []).append((line, audio))
    for takes in said.values():
        first = takes[0][0].request
        ears = speech.listener(first.voice)
        assert ears is not None  # noqa: S101  they are here because somebody listens
        seconds = sum(_limit(line.request) for line, _ in takes)
        with placed(first.where), within(seconds + OPENING * first.voice.patience, first.where, "a listener"):
            heard = ears.hear([audio for _, audio in takes])
        for (line, audio), words in zip(takes, heard, strict=True):
            fault = _sound_fault(audio)
            line.tried.append(
                (fault if fault.what else speech.fault(line.request.words, words), attempt, audio)
            )


def _try(line: _Line, attempt: int) -> Audio | None:
    """A take with the attempt's seed; None, and the error kept, where it is unsound."""
    request, speaker = line.request, line.request.speaker
    with within(_limit(request, opening=speaker not in _actors), request.where, _engine(request)):
        if speaker not in _actors:
            _actors[speaker] = speech.open_voice(request.voice)
            gc.freeze()  # a model's tables are here to stay: the collector need not look through them again
        try:
            return speech.record(
                _actors[speaker],
                request.words,
                delivery=request.delivery,
                pace=request.voice.pace,
                seed=line.seeds[attempt],
            )
        except speech.UnsoundError as error:
            line.error = line.error or error
            return None


def longest(requests: Sequence[TakeRequest]) -> float:
    """Seconds that recording these takes may take at most, all seeds tried and all voices opened."""
    tries = (len(speech.seeds(request.key, request.take)) for request in requests)
    voices = {request.voice.name: OPENING * request.voice.patience for request in requests}
    said = sum(_limit(request) * n for request, n in zip(requests, tries, strict=True))
    return said + 2 * sum(voices.values())


def _limit(request: TakeRequest, *, opening: bool = False) -> float:
    """Seconds that a take may take, by the length of its words."""
    letters = sum(len(word.respelling or word.written) for word in request.words)
    patience = request.voice.patience * (1 + letters / LETTERS + (OPENING if opening else 0))
    return patience + speech.waits(request.voice)


def _engine(request: TakeRequest) -> str:
    return f"the engine {request.voice.engine!r}"


def _sound_fault(audio: Audio) -> speech.Fault:
    share = speech.clipped(audio)
    return (
        speech.Fault(f"{share:.1%} of it is clipped", 100 * share) if share > speech.CLIPPED else speech.GOOD
    )


@contextmanager
def placed(where: str) -> Iterator[None]:
    """Errors of a room, which does not know the place, get it."""
    try:
        yield
    except NarratorError as error:
        raise type(error)(error.what, where=error.where or where, hint=error.hint) from error
