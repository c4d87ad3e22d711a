"""Words that are expected and not there: the script laid under the sound, word by word.

A transcriber that may choose writes a word that the sentence needs, whether it hears it or not. Asked how
likely the script is with the word, and how likely without it, it tells the two apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from narrator.audio import RATE
from narrator.proof import ear
from narrator.proof.findings import Finding
from narrator.proof.spelling import letters

if TYPE_CHECKING:
    from narrator.audio import Samples
    from narrator.proof.layout import Spoken

DOUBTED: Final = -1.5
"""The logarithm of how likely a word is, or the next one, under which it is looked at (natural; 1 in 4.5)."""

WITHOUT: Final = 1.5
"""By how much the line must be likelier without a word for it to be missing (natural logarithms): sound lines
of the demo reach 0.0, nine of ten words that were cut out are over 3."""

CONTENT: Final = 4
"""Letters from which on a word counts: shorter ones are slurred by good readers."""

LONGEST: Final = 28 * RATE
"""Samples of sound that are looked at at once."""

_MARKS: Final = str.maketrans(
    {"“": "", "”": "", '"': "", "’": "'", "‘": "'", "—": " ", "–": " ", "…": "...", ":": ",", ";": ","}
)
"""Marks as a transcriber writes them: no quotation marks, and a comma where a voice cannot tell a colon."""


_TITLE: Final = 4
_OWN: Final = ("I", "I'")
"""What a sentence writes large too."""


def doubtful(samples: Samples, run: Sequence[Spoken]) -> Mapping[int, tuple[int, ...]]:
    """By line, the places of its words that may be missing. run: lines that follow one another."""
    texts = [_expected(line) for line in run]
    if run[-1].end - run[0].start > LONGEST or not any(texts):
        return {}
    (likely,) = ear.weigh(samples, run[0].start, run[-1].end, [[word for text in texts for word in text]])
    found: dict[int, tuple[int, ...]] = {}
    at = 0
    for line, text in zip(run, texts, strict=True):
        own = likely[at : at + len(text)]
        at += len(text)
        places = [
            place
            for place in range(len(text) - 1)
            if letters(text[place]) >= CONTENT and min(own[place : place + 2], default=0.0) < DOUBTED
        ]
        if places:
            found[line.line] = tuple(places)
    return found


def unsaid(samples: Samples, line: Spoken, places: Sequence[int]) -> Iterator[Finding]:
    """Of the words at these places, the one without which the line is likelier by far."""
    text = _expected(line)
    others = [[*text[:place], *text[place + 1 :]] for place in places]
    whole, *without = (sum(each) for each in ear.weigh(samples, line.start, line.end, [text, *others]))
    gain, place = max((each - whole, place) for each, place in zip(without, places, strict=True))
    if gain > WITHOUT:
        yield Finding(
            "word-missing",
            line.line,
            line.start / RATE,
            line.end / RATE,
            f"“{text[place].strip('.,;:!?')}” is not heard",
            "Listen to it; order a retake of this line.",
        )


def fits(samples: Samples, line: Spoken, heard: Sequence[str]) -> bool:
    """Whether a line is about as likely as it stands as with the words that were heard instead: a transcriber
    writes a name that it does not know as words that it does (“Glass off” for Vlasov)."""
    if line.end - line.start > LONGEST:
        return False
    ears = [word for word in (word.strip("-") for word in heard) if letters(word)]
    script, other = (sum(each) for each in ear.weigh(samples, line.start, line.end, [_expected(line), ears]))
    return script > other - WITHOUT


def _expected(line: Spoken) -> list[str]:
    """The words of a line as a transcriber would write them: a title is said as a sentence is."""
    text = [word for word in line.text.translate(_MARKS).split() if letters(word)]
    capitals = sum(word[0].isupper() for word in text)
    if len(text) < _TITLE or capitals <= len(text) / 2:
        return text
    return [text[0], *(word if word[:2] in _OWN else word.lower() for word in text[1:])]
