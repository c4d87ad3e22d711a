"""What an engine's text front-end makes of a reading: whether what the lexicon asks for is what is said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from narrator.book import Voice
from narrator.speech.engine import Word, engine


def misread(voice: Voice, words: Sequence[Word], asked: Sequence[Word]) -> Iterator[tuple[Word, str]]:
    """Those of the readings `asked`, which stand in a line's `words`, that its engine does not say; each with
    the phonemes of the line.

    An engine that takes phonemes tells what it says by its method `pronounced(voice, words)`; a reading is
    said where its phonemes alone stand in those of the line, stresses aside. Of an engine without the method
    nothing is known but that the respelling reached it. Raises as the engine does for words it cannot read.
    """
    pronounced = getattr(engine(voice.engine), "pronounced", None)
    if pronounced is None or not asked:
        return
    line = str(pronounced(voice, words))
    for word in asked:
        if _sounds(str(pronounced(voice, [word]))) not in _sounds(line):
            yield word, line


def _sounds(phonemes: str) -> str:
    """The sounds alone: neither stresses, marks nor breaks between words."""
    return "".join(sign for sign in phonemes if sign.isalpha() and sign not in "ˈˌː")
