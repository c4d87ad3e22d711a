"""What the voices of a production sound like: known, remembered, or listened to once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from narrator import casting, speech
from narrator.book import Voice
from narrator.build.crew.local import crew
from narrator.casting import Profile
from narrator.errors import EngineError, NarratorError
from narrator.report import Progress
from narrator.store import Facts, Record, Store, key


@dataclass(frozen=True, slots=True)
class Profiles:
    """profiles: by voice name, of those that have a pitch. unheard: why a voice could not be listened to."""

    profiles: Mapping[str, Profile]
    unheard: Mapping[str, NarratorError]


def profiles(store: Store, voices: Iterable[Voice], jobs: int, progress: Progress) -> Profiles:
    """What every voice sounds like.

    Of the house's and the packs' voices that comes along. Another voice says a short text once and is
    remembered in the store, under everything that changes its sound.
    """
    found: dict[str, Profile | None] = {}
    unheard: dict[str, NarratorError] = {}
    asked: dict[str, tuple[Voice, Facts]] = {}
    for voice in voices:
        known = casting.shipped(voice)
        try:
            if known is not None:
                found[voice.name] = known
            elif store.has("voices", key(facts := _facts(voice))):
                found[voice.name] = _remembered(store, facts)
            else:
                asked[voice.name] = (voice, facts)
        except NarratorError as error:
            unheard[voice.name] = error
    if asked:
        store.prepare()
        progress.begin("listening", len(asked), "voices")
        for name, heard in _listen(store, asked, jobs):
            if isinstance(heard, NarratorError):
                unheard[name] = heard
            else:
                found[name] = heard
            progress.advance("listening")
    return Profiles({name: profile for name, profile in found.items() if profile}, unheard)


def _listen(
    store: Store, asked: Mapping[str, tuple[Voice, Facts]], jobs: int
) -> Iterator[tuple[str, Profile | NarratorError | None]]:
    left = dict(asked)
    try:
        with crew(min(jobs, len(left))) as workers:
            for voice, facts in asked.values():
                workers.start(voice.name, listen, store, voice, facts)
            while workers.busy:
                for name, heard in workers.finished():
                    del left[name]
                    yield name, heard
    except EngineError as error:
        if len(asked) == 1:
            yield next(iter(asked)), error
            return
        # One took its process with it, nobody knows which: the rest go one by one.
        for name, job in left.items():
            yield from _listen(store, {name: job}, 1)


def listen(store: Store, voice: Voice, facts: Facts) -> tuple[str, Profile | NarratorError | None]:
    """Let the voice say the text, measure it and remember that; its name, with what went wrong instead where
    something did, and None where there is no pitch in what it says."""
    try:
        words = speech.words(casting.TEXT, speech.Lexicon({}))
        audio = speech.record(speech.open_voice(voice), words, delivery="", pace=voice.pace, seed=0)
    except NarratorError as error:
        return voice.name, error
    profile = casting.measure(audio)
    store.finish("voices", key(facts), Record(facts, {"profile": profile and profile.as_facts()}))
    return voice.name, profile


def _remembered(store: Store, facts: Facts) -> Profile | None:
    made = store.record("voices", key(facts)).made["profile"]
    return None if made is None else Profile.from_facts(made)


def _facts(voice: Voice) -> Facts:
    return {
        "kind": "voice",
        "text": casting.TEXT,
        "engine": {"name": voice.engine, **speech.voice_facts(voice)},
        "settings": dict(sorted(speech.heard_settings(voice).items())),
        "pace": voice.pace,
        "revision": casting.REVISION,
    }
