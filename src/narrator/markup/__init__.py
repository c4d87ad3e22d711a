"""The mark-up room: a manuscript becomes a script, with the speaker of every quotation."""

from narrator.markup.evaluation import evaluation
from narrator.markup.marking import mark_up
from narrator.markup.typography import TYPOGRAPHIES

__all__ = ["TYPOGRAPHIES", "evaluation", "mark_up"]
