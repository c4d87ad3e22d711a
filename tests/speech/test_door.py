import subprocess
import sys

import pytest

from narrator.book import Voice
from narrator.errors import EngineError, MissingError
from narrator.speech import Engine, Lexicon, engine, engine_names, record, words


def take(name, **settings):
    actor = engine(name).open(Voice("v", name, settings))
    return record(actor, words("Seven boats were late.", Lexicon()), delivery="", pace=1.0, seed=0)


def test_plug_ins_and_the_built_in_engine_come_through_one_door():
    assert {"hibari", "tones"} <= set(engine_names())
    assert isinstance(engine("hibari"), Engine)
    assert engine("tones") is engine("tones")


def test_an_unknown_engine_names_the_installed_ones():
    with pytest.raises(MissingError, match=r"no engine 'nix'.*hibari.*tones"):
        engine("nix")


def test_a_plug_in_that_lacks_a_module_is_missing():
    with pytest.raises(MissingError, match="'lacking' cannot start"):
        engine("lacking")


def test_a_plug_in_that_is_no_engine_is_refused():
    with pytest.raises(EngineError, match=r"narrator_fakes\.Hollow"):
        engine("hollow")


def test_a_sound_take_comes_back_as_it_was_given():
    sound = take("tones", hertz=300.0)
    assert sound.rate == 24_000
    assert 0.5 < sound.seconds < 3


@pytest.mark.parametrize(
    ("returns", "sentence"),
    [
        ("nan", "1 samples that are not numbers"),
        ("silence", "silence"),
        ("nothing", "nothing"),
        ("none", "NoneType instead of sound"),
        ("list", "list instead of samples"),
        ("float64", "float64 samples"),
        ("stereo", "shape \\(2, "),
        ("no rate", "sample rate 0"),
        ("too short", "0.0 s of sound for 18 letters"),
        ("too long", "s of sound for 18 letters"),
    ],
)
def test_what_an_engine_may_not_return(returns, sentence):
    with pytest.raises(EngineError, match=f"^the engine 'broken' returned .*{sentence}"):
        take("broken", returns=returns)


def test_an_engine_that_dies_gives_one_sentence_and_its_cause():
    with pytest.raises(
        EngineError, match=r"^the engine 'dies' died \(ZeroDivisionError: the model fell over\)"
    ) as e:
        take("dies")
    assert isinstance(e.value.__cause__, ZeroDivisionError)


def loaded(code):
    """Which heavy modules a fresh process has loaded after `code`."""
    code += "\nimport sys; print(*({'numpy', 'scipy', 'onnxruntime', 'hibari'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_room_loads_no_numbers_before_an_engine_is_asked():
    assert loaded("import narrator.speech as s; s.engine_names(); s.engine('hibari')") == set()


def test_a_fingerprint_loads_no_model():
    code = "import narrator.speech as s; from narrator.book import Voice\n"
    code += "s.engine('hibari').fingerprint(Voice('v', 'hibari', {}))"
    assert loaded(code) <= {"numpy"}
