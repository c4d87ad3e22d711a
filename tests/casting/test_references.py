"""Reference recordings: made here, spoiled in one way each."""

import numpy as np
import pytest
import soundfile

from narrator.book import Variant, Voice
from narrator.casting import check_references
from narrator.errors import CastError, MissingError

RATE = 16_000


def talk(seconds=8.0, *, noise=0.0005, level=0.3):
    """Something like speech: syllables of a hum, with pauses between words."""
    rng = np.random.default_rng(5)
    time = np.arange(round(seconds * RATE)) / RATE
    hum = sum(np.sin(2 * np.pi * 130 * k * time) / k for k in range(1, 9))
    syllables = np.clip(np.sin(2 * np.pi * 2 * time), 0, 1) * (time % 2 < 1.5)
    return level * hum * syllables + noise * rng.standard_normal(len(time))


def voice(folder, sound=None, rate=RATE, consent="Ann agreed in writing in May.", **more):
    if sound is not None:
        soundfile.write(folder / "ann.wav", sound, rate, subtype="PCM_16")
    return Voice("ann", "any", {"reference": "ann.wav"}, folder=str(folder), consent=consent, **more)


def test_a_good_recording_is_measured(tmp_path):
    (found,) = check_references(voice(tmp_path, talk()))
    assert (found.name, found.seconds) == ("ann.wav", 8.0)
    assert found.noise > 30
    assert found.clipped == 0


def test_stereo_and_silence_put_in_by_an_editor_are_no_fault(tmp_path):
    sound = talk(noise=0.003)
    quiet = np.concatenate([np.zeros(RATE), sound, np.zeros(RATE)])
    (plain,) = check_references(voice(tmp_path, sound))
    (padded,) = check_references(voice(tmp_path, np.stack([quiet, quiet], axis=1)))
    assert padded.noise == pytest.approx(plain.noise, abs=1.5)


@pytest.mark.parametrize(
    ("sound", "says"),
    [
        (talk(5.9), r"lasts 5\.9 s\. Give it 6 to 30 seconds"),
        (talk(31), r"lasts 31\.0 s"),
        (talk(noise=0.05), r"speech stands only 1\d dB above the noise"),
        (np.clip(talk(level=1.0), -0.6, 0.6), r"is clipped \(\d"),
        (np.zeros(8 * RATE), r"only 0 dB above the noise"),
    ],
)
def test_a_bad_one_is_refused_in_one_sentence(tmp_path, sound, says):
    with pytest.raises(CastError, match=f"reference recording 'ann.wav' of voice 'ann'.*{says}"):
        check_references(voice(tmp_path, sound))


def test_what_is_no_recording_is_refused(tmp_path):
    with pytest.raises(MissingError, match="is not there"):
        check_references(voice(tmp_path))
    (tmp_path / "ann.wav").write_text("la la la")
    with pytest.raises(CastError, match="cannot be read as sound"):
        check_references(voice(tmp_path))


def test_what_claims_to_be_huge_is_not_read(tmp_path):
    with pytest.raises(CastError, match="8 channels at 16000 Hz"):
        check_references(voice(tmp_path, np.zeros((8 * RATE, 8))))
    with pytest.raises(CastError, match="1 channels at 400000 Hz"):
        check_references(voice(tmp_path, talk(), rate=400_000))


def test_somebody_must_have_agreed(tmp_path):
    with pytest.raises(CastError, match=r"nobody is said to have agreed\. Add consent ="):
        check_references(voice(tmp_path, talk(), consent=" "))


def test_a_delivery_of_its_own_recording_is_checked_too(tmp_path):
    soundfile.write(tmp_path / "low.wav", talk(3), RATE)
    hushed = Variant(settings={"reference": "low.wav"})
    with pytest.raises(CastError, match=r"'low\.wav' of voice 'ann' lasts 3\.0 s"):
        check_references(voice(tmp_path, talk(), deliveries={"whispering": hushed}))


def test_a_voice_without_recordings_needs_no_consent():
    assert check_references(Voice("ann", "any", {"pitch": 1.0})) == ()
