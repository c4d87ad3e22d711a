"""Money: `$5.50`, `£3 million`, `a $20 bill`, `£3 10s. 6d.`, `50¢`."""

from __future__ import annotations

from typing import Final

from narrator.speech.reading.numbers import amount, cardinal
from narrator.speech.reading.rule import NUMBER, START, Match, Rule, describes, ends_sentence, rule, span

_UNITS: Final = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "£": ("pound", "pounds", "", ""),
    "€": ("euro", "euros", "", ""),
    "¥": ("yen", "yen", "", ""),
    "₹": ("rupee", "rupees", "", ""),
}
_MANY: Final = {
    "k": "thousand",
    "K": "thousand",
    "m": "million",
    "M": "million",
    "bn": "billion",
    "B": "billion",
}
_MARKS: Final = "".join(_UNITS)


def _sum(match: Match) -> str | None:
    one, many, small, smalls = _UNITS[match["mark"]]
    first, last, scale = match["first"], match["last"], match["many"]
    noun = one if describes(match) else many
    if scale:
        return f"{span(match)} {_MANY.get(scale, scale)} {noun}"
    whole, _, rest = first.partition(".")
    if last or len(rest) != 2:
        return f"{span(match)} {one if first == '1' and not last else noun}"
    count, part = int(whole.replace(",", "") or 0), int(rest)
    units = f"{amount(whole or '0')} {one if count == 1 else noun}"
    if not part:
        return units
    if not small:
        return (
            f"{units} {cardinal(part)}"
            if count
            else f"{cardinal(part)} {'pence' if match['mark'] == '£' else 'cents'}"
        )
    parts = f"{cardinal(part)} {small if part == 1 else smalls}"
    return f"{units} and {parts}" if count else parts


def _old(match: Match) -> str:
    """Pounds, shillings and pence."""
    pounds, shillings, pence = match["pounds"], match["s"], match["d"]
    parts = [f"{amount(pounds)} {'pound' if pounds == '1' else 'pounds'}"] if pounds else []
    if shillings:
        parts.append(f"{amount(shillings)} {'shilling' if shillings == '1' else 'shillings'}")
    if pence:
        parts.append(_pence(int(pence)))
    told = f"{' '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
    return told + ("." if match.group().endswith(".") and ends_sentence(match) else "")


def _pence(number: int) -> str:
    return "one penny" if number == 1 else f"{cardinal(number)}pence"


def _small(match: Match) -> str:
    figures = match[1]
    if match[3]:
        return f"{amount(figures)} {'penny' if figures == '1' else 'pence'}"
    return f"{amount(figures)} {'cent' if figures == '1' or describes(match) else 'cents'}"


RULES: Final[tuple[Rule, ...]] = (
    rule(r"£(?P<pounds>\d[\d,]*),? (?P<s>\d{1,2})s\b\.?(?:,? (?P<d>\d{1,2})d\b\.?)?", _old),
    rule(rf"{START}(?P<pounds>)(?P<s>\d{{1,2}})s\.?,? (?P<d>\d{{1,2}})d\b\.?", _old),
    rule(rf"{START}(?P<pounds>)(?P<s>)(?P<d>[1-9]|1[01])d\b\.?", _old),
    rule(
        rf"(?<!\w)(?:US|U\.S\.)?(?P<mark>[{_MARKS}])\s?(?P<first>{NUMBER})(?:\s?(?:[-–—]|to)\s?[{_MARKS}]?(?P<last>{NUMBER}))?"
        r"(?:\s?(?P<many>hundred|thousand|million|billion|trillion|bn\b|[kKmMB]\b))?(?![\w])",
        _sum,
    ),
    rule(rf"{START}({NUMBER})(?:\s?(¢)|(p))(?!\w)", _small),
)
