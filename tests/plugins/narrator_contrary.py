"""Attributors for tests: one that says of every speech what nobody asked it to say, and one that is none."""

from __future__ import annotations

from narrator.book import CharacterId
from narrator.markup.door import Dialogue, Judgement, Opinion, Settings


class Contrary:
    """Gives every speech to the last character, and tells of speeches and people that are not there."""

    name = "contrary"

    def attribute(self, dialogue: Dialogue, settings: Settings) -> Judgement:
        last = dialogue.characters[-1].id
        opinions = {speech.number: Opinion(last, 7.0) for speech in dialogue.speeches}
        opinions[max(opinions) + 5] = Opinion(last, 1.0)
        opinions[0] = Opinion(CharacterId("nobody"), 1.0)
        return Judgement(opinions, (f"Heard {settings.get('voice', 'nothing')}.",))


class Shapeless:
    """Not an attributor."""
