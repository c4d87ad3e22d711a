"""Casting's voices through speech's engine: two rooms that do not know each other meet here."""

import numpy as np
import pytest

from narrator.casting import house_voices
from narrator.speech import Lexicon, engine, record, words

LINE = words("Somebody left the gate open, and the goats are on the road.", Lexicon())


@pytest.mark.parametrize("name", house_voices())
def test_every_house_voice_says_a_line(name):
    voice = house_voices()[name]
    audio = record(engine(voice.engine).open(voice), LINE, delivery="", pace=voice.pace, seed=0)
    assert 2.5 < audio.seconds * voice.pace < 5.5
    assert 0.01 < float(np.sqrt(np.mean(audio.samples**2))) < 0.3
    assert audio.samples.dtype == np.float32
    assert float(np.abs(audio.samples).max()) <= 0.9001
