"""A producer's own files: decoded from any usual format, levelled, looped without a seam."""

import wave

import av
import numpy as np
import pytest
import soundfile
from pyebur128 import MeasurementMode, R128State, get_loudness_global

from clicks import clicks
from narrator import ffmpeg
from narrator.audio import RATE
from narrator.book import NARRATOR, Chapter, Cue, Line, Piece
from narrator.errors import RenderError
from narrator.mixing import bring, measure, mix, sound, timeline
from narrator.mixing.sounds import Loop, Once


def rain(seconds, rate, channels=1):
    """Noise that grows louder from beginning to end, so that a plain loop would step."""
    count = round(seconds * rate)
    noise = np.random.default_rng(9).normal(size=(count, channels)) * np.linspace(0.03, 0.1, count)[:, None]
    return noise.astype(np.float32)


def write(path, samples, rate, codec):
    """The samples in a file of the format that its suffix names."""
    if codec.isupper():
        soundfile.write(path, samples, rate, subtype=codec)
        return path
    with av.open(str(path), "w") as container:
        layout = "mono" if samples.shape[1] == 1 else "stereo"
        stream = container.add_stream(codec, rate=rate, layout=layout)
        for start in range(0, len(samples), 4096):
            part = (samples[start : start + 4096] * 32767).astype(np.int16).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(part), format="s16", layout=layout)
            frame.sample_rate, frame.pts = rate, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.fixture
def brought(tmp_path):
    def brought(samples, rate=48_000, name="rain.wav", codec="pcm_s16le"):
        return bring(write(tmp_path / name, samples, rate, codec), tmp_path / "store.wav")

    return brought


@pytest.mark.parametrize(
    ("name", "codec", "rate"),
    [
        ("a.wav", "pcm_s16le", 22_050),
        ("a.flac", "flac", 48_000),
        ("a.mp3", "libmp3lame", 44_100),
        ("a.ogg", "VORBIS", 44_100),
        ("a.opus", "libopus", 48_000),
        ("a.m4a", "aac", 44_100),
    ],
)
@pytest.mark.parametrize("channels", [1, 2])
def test_any_usual_format_is_brought(brought, name, codec, rate, channels):
    found = brought(rain(3.0, rate, channels), rate, name, codec)
    assert found.samples / RATE == pytest.approx(3.0, abs=0.06)
    samples = Once(found).read(found.samples)
    state = R128State(1, RATE, MeasurementMode.MODE_I)
    state.add_frames(samples, len(samples))
    assert get_loudness_global(state) == pytest.approx(0.0, abs=0.3)
    assert bool(np.abs(Once(found, side=True).read(RATE)).max()) is (channels == 2)


def test_facts_say_all_that_the_mix_needs(brought):
    found = brought(rain(1.0, 48_000))
    assert sound(found.path, found.as_facts()) == found


def test_a_long_file_is_decoded_in_portions_without_a_seam(tmp_path, brought):
    """Longer than one portion of 60 s, and as it would be in one piece."""
    rate = 8_000
    tone = 0.2 * np.sin(2 * np.pi * 200 * np.arange(130 * rate) / rate)[:, None].astype(np.float32)
    found = brought(tone, rate, "long.flac", "flac")
    assert found.samples / RATE == pytest.approx(130, abs=0.01)
    samples = Once(found).read(found.samples)
    for second in (60, 120):
        around = samples[round((second - 0.5) * RATE) : round((second + 0.5) * RATE)]
        assert clicks(around * np.hanning(len(around))) == []


def test_a_loop_has_no_seam_and_no_end(brought):
    found = brought(rain(6.0, 48_000))
    looped = Loop("rain.wav", found).read(40 * RATE)
    assert clicks(looped) == []
    level = [10 * np.log10(np.mean(np.square(part))) for part in looped.reshape(-1, RATE // 4)]
    # The file itself rises by 10 dB; where it comes round it must not fall back at once.
    assert np.abs(np.diff(level)).max() < 3.0
    halves = Loop("rain.wav", found)
    assert np.array_equal(np.concatenate([halves.read(n) for n in (1, 99_999, 40 * RATE - 100_000)]), looped)


def test_a_short_file_goes_round_evenly_and_a_very_short_one_is_no_bed(brought):
    looped = Loop("short.wav", brought(rain(0.6, 48_000))).read(5 * RATE)
    assert clicks(looped) == []
    with pytest.raises(RenderError, match=r"tick\.wav is 0\.20 s long"):
        Loop("tick.wav", brought(rain(0.2, 48_000)))


def test_silence_and_what_is_no_sound_are_refused(tmp_path, brought):
    with pytest.raises(RenderError, match="nothing to hear"):
        brought(np.zeros((8000, 1), np.float32))
    for name, content in (
        ("a.wav", b"RIFF"),
        ("a.mp3", b"not sound"),
        ("a.m3u8", b"#EXTM3U\nfile:///etc/hostname"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(RenderError, match="can be decoded"):
            bring(tmp_path / name, tmp_path / "store.wav")
        with pytest.raises(RenderError, match="can be decoded"):
            ffmpeg.probe_sound(tmp_path / name)


def test_a_bed_from_a_file_lies_at_its_level_and_in_stereo(tmp_path, brought, take):
    found = brought(rain(5.0, 44_100, 2), 44_100)
    chapter = Chapter((Cue("bed", ("rain.wav",), (("level", "-24"),)), Line(NARRATOR, (Piece("Rain."),))))
    plan = timeline(chapter, {2: measure(take(8.0))}, levels={}, target=-18.0)
    blocks = list(mix(plan, lambda line: take(8.0), room_tone=None, sounds={"rain.wav": found}, stereo=True))
    ambience = np.concatenate([block.ambience for block in blocks])
    inside = ambience[plan.clips[0].start + 2 * RATE : plan.clips[0].end - RATE]
    state = R128State(1, RATE, MeasurementMode.MODE_I)
    state.add_frames(np.ascontiguousarray(inside), len(inside))
    assert get_loudness_global(state) == pytest.approx(-42.0, abs=2.0)
    assert any(block.side.any() for block in blocks)


def test_a_wave_of_24_bits_is_full_scale_too(tmp_path):
    path = tmp_path / "deep.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(3)
        file.setframerate(44_100)
        half = (1 << 22).to_bytes(3, "little", signed=True)
        file.writeframes(half * 4410)
    frames, rate = ffmpeg.clip(path, start=0, seconds=1)
    assert rate == 44_100
    assert frames[0, 100] == pytest.approx(0.5, abs=1e-3)


def test_a_constant_in_a_file_is_no_sound(brought):
    """It would make the loudest bed of all, and every silence a part of it."""
    noise = np.concatenate([np.zeros((24_000, 1), np.float32), rain(2.0, 48_000)])
    plain = brought(noise)
    samples = Once(plain).read(plain.samples)
    shifted = brought(noise + np.float32(0.3))
    assert shifted.samples == plain.samples
    assert shifted.loudness == pytest.approx(plain.loudness, abs=0.1)
    again = Once(shifted).read(shifted.samples)
    assert np.abs(again - samples).max() < 0.01 * np.abs(samples).max()


def surround(tmp_path, *heard):
    """A WAV of 5.1 with noise in the channels of these numbers: left, right, centre, LFE, both behind."""
    frames = np.zeros((48_000, 6), np.float32)
    for channel in heard:
        frames[:, channel] = rain(1.0, 48_000)[:, 0]
    path = tmp_path / "around.wav"
    soundfile.write(path, frames, 48_000, subtype="PCM_16")
    return path


@pytest.mark.parametrize("channel", [0, 2, 4])
def test_nothing_of_a_file_in_surround_is_lost(tmp_path, channel):
    frames, rate = ffmpeg.clip(surround(tmp_path, channel), start=0.25, seconds=0.5)
    assert (frames.shape, rate) == ((2, 24_000), 48_000)
    level = np.sqrt(np.mean(np.square(frames), axis=1))
    assert level.max() > 0.01
    assert (abs(level[0] - level[1]) < 1e-4) == (channel == 2)
    assert bring(surround(tmp_path, channel), tmp_path / "store.wav").samples == pytest.approx(RATE, rel=0.01)


def test_what_mono_would_not_hear_is_refused(brought):
    noise = rain(1.0, 48_000)
    with pytest.raises(RenderError, match="left channel is its right one turned round") as refused:
        brought(np.concatenate([noise, -noise], axis=1))
    assert refused.value.where.endswith("rain.wav")
