"""Proofing: a chapter listened to against its script; what is wrong, where, and what to do.

sound_findings(samples, layout, paces(lines)) ── clicks, levels, noise, gaps, beds, lengths
word_findings(samples, layout, paces(lines)) ── words missing, repeated, added (the extra `proof`)
page(title, sound, names, chapters) ── all of it to look at and to click through
"""

from narrator.proof.damage import clipped
from narrator.proof.ear import ear_facts
from narrator.proof.findings import NOTES, RETAKE, Code, Finding
from narrator.proof.layout import Bed, Layout, Spoken
from narrator.proof.lengths import paces
from narrator.proof.listening import sound_findings, word_findings
from narrator.proof.names import misread, unread
from narrator.proof.page import PageChapter, page
from narrator.proof.picture import picture

REVISION = 3
"""Part of the key of what was found in a chapter: raised when the same chapter would be judged otherwise."""

__all__ = [
    "NOTES",
    "RETAKE",
    "REVISION",
    "Bed",
    "Code",
    "Finding",
    "Layout",
    "PageChapter",
    "Spoken",
    "clipped",
    "ear_facts",
    "misread",
    "paces",
    "page",
    "picture",
    "sound_findings",
    "unread",
    "word_findings",
]
