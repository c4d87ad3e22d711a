"""Chosen takes: what stands in takes.toml, held against the script and the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from narrator.build.loading import Book
from narrator.build.plan import ChapterPlan, TakeRequest, spoken, words_of
from narrator.build.recording import takes
from narrator.errors import ProductionError
from narrator.report import count
from narrator.sheets import ChosenTake
from narrator.store import Store


def missing_choices(plans: Sequence[ChapterPlan], store: Store) -> tuple[TakeRequest, ...]:
    """The chosen takes that are not in the store."""
    return tuple(
        request
        for plan in plans
        for request in plan.takes.values()
        if request.chosen and not store.has("takes", request.key, takes.SUFFIX)
    )


def refuse_missing(plans: Sequence[ChapterPlan], store: Store) -> None:
    """Raise ProductionError for the first chosen take that is not in the store: no other take and no other
    voice stands in for what an editor has listened to."""
    first, *rest = missing_mistakes(plans, store) or (None,)
    if first is not None:
        others = f"{first.what[:-1]}, and {count(len(rest), 'other')}." if rest else first.what
        raise ProductionError(others, where=first.where, hint=first.hint)


def missing_mistakes(plans: Sequence[ChapterPlan], store: Store) -> tuple[ProductionError, ...]:
    """What to say of each chosen take that is not in the store."""
    chapters = {id(request): p.place.number for p in plans for request in p.takes.values()}
    return tuple(
        ProductionError(
            "the chosen take of this line is not in the store.",
            where=request.where,
            hint=f"{_again(request, chapters[id(request)])}, or `narrator store import FILE` where a "
            "colleague has it.",
        )
        for request in missing_choices(plans, store)
    )


def spoilt_choice(request: TakeRequest, chapter: int) -> ProductionError:
    """What to say of a chosen take whose file is damaged. chapter: the place in the book of its line."""
    return ProductionError(
        "the chosen take of this line is damaged.",
        where=request.where,
        hint=f"{_again(request, chapter)}, or delete it and type `narrator store import FILE`.",
    )


def _again(request: TakeRequest, chapter: int) -> str:
    place = f"{chapter}:{request.where.rpartition(':')[2]}"
    if request.take:
        return f"Type `narrator retake {place} --takes {request.take}` to have it spoken again"
    return f"Type `narrator retake {place} --from FILE` to bring the recording again"


def unused(book: Book, plans: Sequence[ChapterPlan]) -> tuple[str, ...]:
    """A sentence for each choice that no line uses: its text has changed, or what its takes are made of."""
    return tuple(_unused(book, plans))


def _unused(book: Book, plans: Sequence[ChapterPlan]) -> Iterator[str]:
    where = book.production.where(book.production.takes_sheet)
    found: dict[tuple[str, str, int], TakeRequest] = {
        choice.line: plan.takes[number] for plan in plans for number, choice in plan.choices.items()
    }
    for choice in book.choices:
        request = found.get(choice.line)
        if request is None:
            yield f"{where}: {_named(choice)} is no longer in the script; what was chosen for it is not used."
        elif not request.chosen:
            yield (
                f"{request.where}: its voice, readings or engine changed since take {choice.take} was "
                "chosen: the first take is used."
            )


def doubtful(book: Book, plans: Sequence[ChapterPlan]) -> tuple[str, ...]:
    """A sentence for each choice that is used and may be another line's: more or fewer lines of its chapter
    say the same since it was made, and nobody can tell which of them was meant."""
    return tuple(sentence for plan in plans if plan.choices for sentence in _doubtful(book, plan))


def _doubtful(book: Book, plan: ChapterPlan) -> Iterator[str]:
    sheet = book.production.where(book.production.takes_sheet)
    times = Counter(words_of(said) for _, _, said, _ in spoken(plan.place))
    for number, choice in plan.choices.items():
        now, was = times[choice.text], choice.of
        if was not in (None, now) and plan.takes[number].chosen:
            what = f"take {choice.take}" if choice.take else "a recording"
            say = "line says" if now == 1 else "lines say"
            yield (
                f"{plan.place.where}:{number}: it has {what}, but {now} {say} {_quoted(choice)} now, and "
                f"{was} did when that was chosen: if it is this one's, set of = {now} in {sheet}, else type "
                f"`narrator retake {plan.place.number}:{number} --keep 1` and choose again."
            )


def _named(choice: ChosenTake) -> str:
    which = f" (number {choice.nth})" if choice.nth > 1 else ""
    return f"{_quoted(choice)}{which} of {choice.file}"


def _quoted(choice: ChosenTake) -> str:
    return f"“{choice.text}”" if len(choice.text) <= 60 else f"“{choice.text[:59]}…”"
