"""What licences allow, by their names."""

import pytest

from narrator.casting import forbids, stance


@pytest.mark.parametrize(
    ("licence", "what"),
    [
        ("Apache-2.0", "any"),
        ("Apache License, Version 2.0", "any"),
        ("apache 2.0", "any"),
        ("MIT", "any"),
        ("The MIT License", "any"),
        ("BSD-3-Clause", "any"),
        ("MPL", "any"),
        ("GPL-3.0-or-later", "any"),
        ("CC0-1.0", "any"),
        ("CC-BY-4.0", "any"),
        ("CC BY-SA 4.0", "any"),
        ("Public domain", "any"),
        ("CC-BY-NC-4.0", "noncommercial"),
        ("CC BY-NC-ND 4.0", "noncommercial"),
        ("cc-by-nc-sa-3.0", "noncommercial"),
        ("CPML", "noncommercial"),
        ("Coqui Public Model License 1.0.0", "noncommercial"),
        ("PolyForm-Noncommercial-1.0.0", "noncommercial"),
        ("free for non-commercial use", "noncommercial"),
        ("for personal use", "noncommercial"),
        ("research only", "noncommercial"),
        ("no commercial use", "noncommercial"),
        ("MIT AND CC-BY-NC-4.0", "noncommercial"),
        ("MIT OR CC-BY-NC-4.0", "any"),
        ("CC-BY-NC-4.0 OR LicenseRef-Ours", "unknown"),
        ("MIT AND LicenseRef-Ours", "unknown"),
        ("LicenseRef-Ours", "unknown"),
        ("commercial licence from the studio", "unknown"),
        ("MIT, but ask Ann first", "unknown"),
        ("Incredible-1.0", "unknown"),
        ("", "unknown"),
    ],
)
def test_a_licence_allows(licence, what):
    assert stance(licence) == what


def test_only_what_earns_money_is_ever_forbidden():
    assert forbids("CPML", "commercial")
    assert not forbids("CPML", "noncommercial")
    assert not forbids("LicenseRef-Ours", "commercial")
    assert not forbids("MIT", "commercial")
