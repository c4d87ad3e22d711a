"""Mastered files, decoded again: their length, place, level and peak are what was promised."""

import json

import av
import numpy as np
import pytest
from pyebur128 import MeasurementMode, R128State, get_loudness_global, get_true_peak

from narrator.audio import DRY, RATE, decibels
from narrator.errors import MasterError, RenderError
from narrator.mastering import SPECS, check, encoder_facts, master
from narrator.mastering.mp3 import FRAME

KINDS = {"aac": "chapter.aac", "mp3": "chapter.mp3"}


def decoded(path):
    """All that a decoder gives for a file, the AAC encoder's priming frame left out."""
    with av.open(str(path)) as container:
        samples = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
    return samples[1_024:] if path.suffix == ".aac" else samples


def judged(samples):
    state = R128State(1, RATE, MeasurementMode.MODE_I | MeasurementMode.MODE_TRUE_PEAK)
    state.add_frames(np.ascontiguousarray(samples), len(samples))
    return get_loudness_global(state), decibels(get_true_peak(state, 0))


@pytest.fixture(scope="module")
def mixed(chapter):
    """25 s that need 4 dB of gain and limiting."""
    return chapter(25, level=-22)


@pytest.fixture(scope="module")
def mastered(mixed, blocks, tmp_path_factory):
    def into(spec):
        folder = tmp_path_factory.mktemp(spec)
        outputs = {kind: folder / name for kind, name in KINDS.items()}
        return master(blocks(mixed), SPECS[spec], outputs=outputs, scratch=folder), outputs

    return {spec: into(spec) for spec in SPECS}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("spec", sorted(SPECS))
def test_a_decoded_master_meets_its_spec(mastered, mixed, spec, kind):
    facts, outputs = mastered[spec]
    samples = decoded(outputs[kind])
    loudness, peak = judged(samples)
    assert len(samples) == facts.samples == len(mixed)
    assert peak <= SPECS[spec].ceiling
    if SPECS[spec].rms:
        low, high = SPECS[spec].rms
        assert low <= 10 * np.log10(np.mean(np.square(samples))) <= high
    else:
        assert loudness == pytest.approx(SPECS[spec].loudness, abs=0.3)


@pytest.mark.parametrize("kind", KINDS)
def test_sound_lies_where_it_lay_in_the_mix(mastered, mixed, kind):
    samples = decoded(mastered["house"][1][kind])
    size = 1 << 21
    correlation = np.fft.irfft(np.fft.rfft(samples, size) * np.conj(np.fft.rfft(mixed, size)))
    assert np.argmax(correlation) == 0
    assert np.abs(samples[: DRY - 1_152]).max() < 1e-3


@pytest.mark.parametrize("kind", KINDS)
def test_our_own_check_says_the_same_as_another_meter(mastered, kind):
    facts, outputs = mastered["house"]
    found = check(outputs[kind], kind, SPECS["house"], facts.samples).facts
    loudness, peak = judged(decoded(outputs[kind]))
    assert found["samples"] == facts.samples
    assert found["loudness"] == pytest.approx(loudness, abs=0.02)
    assert found["true_peak"] == pytest.approx(peak, abs=0.1)
    assert json.loads(json.dumps(dict(found))) == found


def test_both_kinds_are_equally_loud(mastered):
    aac, mp3 = (judged(decoded(path))[0] for path in mastered["house"][1].values())
    assert aac == pytest.approx(mp3, abs=0.15)


def test_every_mp3_frame_stands_alone_and_has_the_rate_asked(mastered):
    facts, outputs = mastered["acx"]
    data, place, frames = outputs["mp3"].read_bytes(), 0, 0
    while place < len(data):
        assert data[place : place + 2] == b"\xff\xfb"
        assert data[place + 2] >> 4 == 11  # 192 kbps
        assert data[place + 4] << 1 | data[place + 5] >> 7 == 0  # main_data_begin
        place += 144 * 192_000 // RATE + (data[place + 2] >> 1 & 1)
        frames += 1
    assert frames == facts.samples // FRAME


def test_aac_has_one_frame_more_than_the_mix(mastered):
    facts, outputs = mastered["house"]
    with av.open(str(outputs["aac"])) as container:
        frames = sum(1 for packet in container.demux(audio=0) if packet.size)
    assert frames == facts.samples // 1_024 + 1


def test_the_same_mix_gives_the_same_bytes(mastered, mixed, blocks, tmp_path):
    outputs = {kind: tmp_path / name for kind, name in KINDS.items()}
    again = master(blocks(mixed), SPECS["house"], outputs=outputs, scratch=tmp_path)
    assert again == mastered["house"][0]
    for kind, path in outputs.items():
        assert path.read_bytes() == mastered["house"][1][kind].read_bytes()


def test_nothing_else_is_left_behind(mastered):
    for _, outputs in mastered.values():
        folder = outputs["aac"].parent
        assert sorted(path.name for path in folder.iterdir()) == sorted(KINDS.values())


def test_the_facts_are_json(mastered):
    facts, outputs = mastered["house"]
    as_facts = json.loads(json.dumps(facts.as_facts()))
    assert as_facts["samples"] == facts.samples
    assert as_facts["sizes"] == {kind: path.stat().st_size for kind, path in outputs.items()}


def test_silence_can_be_mastered(tmp_path):
    path = tmp_path / "chapter.aac"
    silence = np.zeros(3 * 9_216, np.float32)
    facts = master([silence], SPECS["house"], outputs={"aac": path}, scratch=tmp_path)
    assert json.loads(json.dumps(facts.as_facts(), allow_nan=False))["rms"] is None
    assert check(path, "aac", SPECS["house"], len(silence)).facts["loudness"] is None


def test_a_mix_off_the_grid_is_refused(tmp_path):
    for length in (0, 1_000):
        with pytest.raises(MasterError, match="9216"):
            master([np.zeros(length, np.float32)], SPECS["house"], outputs={}, scratch=tmp_path)


def test_a_mix_that_breaks_off_leaves_no_file(chapter, tmp_path):
    def broken():
        yield chapter(2)
        raise RenderError("The take of line 7 is gone.")

    outputs = {kind: tmp_path / name for kind, name in KINDS.items()}
    with pytest.raises(RenderError, match="line 7"):
        master(broken(), SPECS["house"], outputs=outputs, scratch=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_encoder_that_fails_leaves_no_file(chapter, blocks, tmp_path, monkeypatch):
    from narrator.mastering import mp3

    monkeypatch.setitem(mp3.ARGUMENTS, "acodec", "no-such-codec")
    outputs = {kind: tmp_path / name for kind, name in KINDS.items()}
    with pytest.raises(RenderError, match="MP3"):
        master(blocks(chapter(2)), SPECS["house"], outputs=outputs, scratch=tmp_path)
    assert list(tmp_path.iterdir()) == []


# ── check ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_miss_is_named_with_how_much(mastered):
    facts, outputs = mastered["podcast"]
    with pytest.raises(MasterError, match=r"loudness is -1[56]\.\d LUFS, \+[12]\.\d LU from -18"):
        check(outputs["aac"], "aac", SPECS["house"], facts.samples).demand()
    with pytest.raises(MasterError, match=r"dB over the ceiling"):
        check(outputs["mp3"], "mp3", SPECS["acx"], facts.samples).demand()
    with pytest.raises(MasterError, match=r"outside -23 to -18"):
        check(outputs["mp3"], "mp3", SPECS["acx"], facts.samples).demand()
    with pytest.raises(MasterError, match=r"-9216"):
        check(outputs["mp3"], "mp3", SPECS["podcast"], facts.samples + 9_216).demand()


def test_a_noisy_floor_is_a_miss(chapter, blocks, tmp_path):
    samples = chapter(25, level=-20)
    samples += 0.003 * np.random.default_rng(1).normal(size=len(samples)).astype(np.float32)
    path = tmp_path / "chapter.mp3"
    master(blocks(samples), SPECS["acx"], outputs={"mp3": path}, scratch=tmp_path)
    with pytest.raises(MasterError, match=r"floor is -[45]\d\.\d dBFS"):
        check(path, "mp3", SPECS["acx"], len(samples)).demand()


@pytest.mark.parametrize("content", [b"", b"not sound at all" * 100])
def test_a_file_that_is_no_sound_is_a_miss(tmp_path, content):
    path = tmp_path / "chapter.aac"
    path.write_bytes(content)
    with pytest.raises(MasterError):
        check(path, "aac", SPECS["house"], 9_216).demand()


def test_encoder_facts_name_what_changes_the_bytes():
    house = encoder_facts("aac", SPECS["house"])
    assert house["encoder"] == "aac"
    assert "fast" in house["arguments"]
    assert house != encoder_facts("aac", SPECS["podcast"])
    lame = encoder_facts("mp3", SPECS["house"])
    assert lame["encoder"] == "libmp3lame"
    assert lame["version"].startswith("ffmpeg ")
    assert lame != encoder_facts("mp3", SPECS["acx"])


# ── joining, which is why chapters are encoded as they are ──────────────────────────────────────────


def adts_frames(data):
    """The frames of a raw AAC file."""
    frames, place = [], 0
    while place < len(data):
        length = (data[place + 3] & 3) << 11 | data[place + 4] << 3 | data[place + 5] >> 5
        frames.append(data[place : place + length])
        place += length
    return frames


@pytest.mark.parametrize("kind", KINDS)
def test_joined_chapters_decode_to_what_they_decode_to_alone(chapter, blocks, tmp_path, kind):
    alone, payloads = [], []
    for number in range(3):
        path = tmp_path / f"{number}-{KINDS[kind]}"
        samples = chapter(3 + number, seed=number)
        master(blocks(samples), SPECS["house"], outputs={kind: path}, scratch=tmp_path)
        alone.append(decoded(path))
        data = path.read_bytes()
        payloads.append(b"".join(adts_frames(data)[1:]) if kind == "aac" else data)
    joined = tmp_path / f"book{(tmp_path / KINDS[kind]).suffix}"
    priming = adts_frames((tmp_path / f"0-{KINDS[kind]}").read_bytes())[0] if kind == "aac" else b""
    joined.write_bytes(priming + b"".join(payloads))
    together, apart = decoded(joined), np.concatenate(alone)
    assert len(together) == len(apart)
    assert np.abs(together - apart).max() < 2e-3
