"""What an engine's text front-end makes of a reading: whether what the lexicon asks for is what is said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from narrator.book import Voice
from narrator.speech.engine import Word, engine


def misread(voice: Voice, words: Sequence[Word], asked: Sequence[Word]) -> Iterator[tuple[Word, str]]:
    """Those of the readings `asked`, which stand in a line's `words`, that its engine does not say; each with
    the phonemes of the line.

    An engine that takes phonemes tells what it says by its method `pronounced(voice, words)`; a reading is
    said where the line up to it ends with its phonemes alone, and the whole line holds them, stresses aside:
    a short name's sounds may stand in any other word. Of an engine without the method nothing is known but
    that the respelling reached it. Raises as the engine does for words it cannot read.
    """
    pronounced = getattr(engine(voice.engine), "pronounced", None)
    if pronounced is None or not asked:
        return
    line = str(pronounced(voice, words))
    for place, word in enumerate(words):
        if word not in asked:
            continue
        alone = _sounds(str(pronounced(voice, [word])))
        until = _sounds(str(pronounced(voice, words[: place + 1])))
        if not until.endswith(alone) or alone not in _sounds(line):
            yield word, line


def _sounds(phonemes: str) -> str:
    """The sounds alone: neither stresses, marks nor breaks between words."""
    return "".join(sign for sign in phonemes if sign.isalpha() and sign not in "ˈˌː")
