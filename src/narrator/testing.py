"""What a voice engine promises, as tests: for authors of plug-ins.

    from narrator.testing import EngineContract

    class TestMine(EngineContract):
        engine = MyEngine()
        voice = Voice("mine", "mine", {"speaker": "anna"})

pytest runs the inherited tests. They need sound, no ears: what comes out must be plausible speech of the
words, whole, and the same for the same seed in every process.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, ClassVar

from narrator.audio import Audio
from narrator.book import Voice
from narrator.speech import Engine, Lexicon, Word, record, words

if TYPE_CHECKING:
    from narrator.audio import Samples

HEAVY = frozenset({"jax", "librosa", "onnx", "onnxruntime", "scipy", "tensorflow", "torch", "transformers"})
"""Modules that take long to import: only a voice that is opened may need them."""

SENTENCES = (
    "The snow had stopped an hour before dawn.",
    "Somebody had swept the steps, and nobody would say who.",
    "On the table lay a letter, three keys and half a loaf.",
    "We counted the bells, and then we counted them again.",
)


class EngineContract:
    """Subclass it, set `engine` and `voice`. The engine's class must be importable by its name."""

    engine: ClassVar[Engine]
    voice: ClassVar[Voice]

    def say(self, text: str, *, delivery: str = "", pace: float = 1.0, seed: int = 0) -> Audio:
        """One checked take."""
        return _say(self.engine, self.voice, text, delivery, pace, seed)

    def test_it_is_an_engine_with_a_name(self) -> None:
        """Voices name it: letters, digits and hyphens."""
        assert isinstance(self.engine, Engine), "it lacks name, fingerprint or open"
        assert self.engine.name.replace("-", "").isalnum()
        assert self.engine.name == self.voice.engine

    def test_its_fingerprint_is_facts(self) -> None:
        """Texts by label, the same each time, without opening the voice: they become part of every key."""
        facts = dict(self.engine.fingerprint(self.voice))
        assert facts, "nothing tells one version of this engine's sound from the next"
        assert all(isinstance(part, str) for fact in facts.items() for part in fact)
        assert json.loads(json.dumps(facts)) == dict(self.engine.fingerprint(self.voice))

    def test_asking_for_it_is_cheap(self) -> None:
        """Listing voices and planning a render load no model and no heavy library."""
        with _elsewhere() as other:
            assert not other.submit(_loaded, self.engine, self.voice).result()

    def test_a_line_is_said(self) -> None:
        """Finite mono float32 samples, not silent, of a plausible length: `narrator.speech.record` checks."""
        assert self.say(SENTENCES[0]).seconds > 0.5

    def test_a_very_short_line_is_said(self) -> None:
        """“No.” is a line like any other."""
        assert 0.1 < self.say("“No.”").seconds < 4

    def test_a_long_line_is_said_whole(self) -> None:
        """A line of 2,000 characters takes as long as its sentences do, a quarter more or less."""
        apart = sum(_sound(self.say(sentence)) for sentence in SENTENCES)
        rounds = -(-2_000 // sum(map(len, SENTENCES)))
        together = _sound(self.say(" ".join(SENTENCES * rounds)))
        assert 0.75 <= together / (apart * rounds) <= 1.25, "words are lost, or said twice"

    def test_a_seed_gives_the_same_take_again(self) -> None:
        """In this process, with the voice opened anew, and in another."""
        first = self.say(SENTENCES[1], seed=3)
        assert _same(first, self.say(SENTENCES[1], seed=3))
        with _elsewhere() as other:
            taken = other.submit(_say, self.engine, self.voice, SENTENCES[1], "", 1.0, 3)
            assert _same(first, taken.result())

    def test_pace_is_followed(self) -> None:
        """1.4 is faster than 0.8."""
        assert self.say(SENTENCES[2], pace=1.4).seconds < 0.9 * self.say(SENTENCES[2], pace=0.8).seconds

    def test_an_unknown_delivery_changes_nothing(self) -> None:
        """The script may say anything in a parenthetical."""
        assert _same(self.say(SENTENCES[3]), self.say(SENTENCES[3], delivery="zymurgically"))

    def test_a_respelling_is_said_in_place_of_the_word(self) -> None:
        """The lexicon reaches the engine."""
        actor = self.engine.open(self.voice)
        plain = record(actor, [Word("Ann.")], delivery="", pace=1.0, seed=0)
        longer = Word("Ann.", respelling="Anna Maria Theodora of the upper lake.")
        assert _sound(record(actor, [longer], delivery="", pace=1.0, seed=0)) > 1.5 * _sound(plain)


def _elsewhere() -> ProcessPoolExecutor:
    """Another process, begun anew: engine and voice must be picklable to get there."""
    return ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))


def _loaded(engine: Engine, voice: Voice) -> list[str]:
    """The heavy modules of a process that knows the engine and asks it for a fingerprint."""
    engine.fingerprint(voice)
    return sorted(HEAVY & set(sys.modules))


def _say(engine: Engine, voice: Voice, text: str, delivery: str, pace: float, seed: int) -> Audio:
    actor = engine.open(voice)
    return record(actor, words(text, Lexicon({})), delivery=delivery, pace=pace, seed=seed)


def _same(one: Audio, other: Audio) -> bool:
    import numpy as np

    return one.rate == other.rate and np.array_equal(one.samples, other.samples)


def _sound(audio: Audio) -> float:
    """Seconds from the first sound to the last."""
    import numpy as np

    samples: Samples = np.abs(audio.samples)
    loud = np.flatnonzero(samples > 0.003 * samples.max())
    return float(loud[-1] - loud[0]) / audio.rate
