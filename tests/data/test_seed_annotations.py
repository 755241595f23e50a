"""Test that annotations are checked against the list."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from seed import changelog, facts, records
from seed.source import SourceError

SEED = Path(__file__).parents[2] / "seed"
LIST = SEED / "source_list.txt"

Change = Callable[[dict[str, Any]], object]


def put(value: object, *steps: str | int) -> Change:
    """Sets what stands at the end of the steps; regions are found by number, the rest by index."""

    def change(added: dict[str, Any]) -> None:
        place: Any = added
        for step, following in zip(steps, (*steps[1:], None), strict=True):
            key: Any = step - 1 if place is added["regions"] and isinstance(step, int) else step
            if following is None:
                place[key] = value
            else:
                place = place[key]

    return change


def append(kind: str, **entry: object) -> Change:
    return lambda added: added[kind].append(entry)


TITLES = "expected titles in all regions of a programme or in none"
PRINTED = "expected something that the list prints"
CORRECTION = "expected a correction of “"
FORMULAS = "=+-@＝＋－＠"
FORMULA = "at the beginning, which makes it a formula to a spreadsheet"
JOINED = "expected no | in what becomes an item of a list"
CONFIRMED = {"value": "x", "status": "confirmed", "evidence": []}
OURS = {"value": "x", "status": "editorial"}
EDITORIAL = OURS | {"note": "x"}
FIFTH, SIXTH = "regions → entry 5", "regions → entry 6"
NAMED = f"{SIXTH} → municipalities → value"
PLACE = "expected a code of JIS X 0402 that fits the name"
NAME_FACT = f"{FIFTH} → name_en"

FLAWS: list[tuple[Change, str, str]] = [
    (lambda added: added["regions"].pop(4), "regions", "found 'nothing', expected an entry for “5”"),
    (lambda added: added["programs"].pop(), "programs", "found 'nothing', expected an entry for “都市エリア型”"),
    (lambda added: added["subcategories"].pop(0), "subcategories", "expected an entry for “グローバル型 (第Ⅰ期)”"),
    (put(30, "regions", 29, "number"), "regions", "expected an entry for “29”"),
    (lambda added: added["regions"].append(added["regions"][28] | {"number": 30}), "regions → 30", PRINTED),
    (append("programs", id="x", name="型", name_en=OURS, purpose_en=None), "programs → 型", PRINTED),
    (append("subcategories", id="x", label="型 (x)", label_en=OURS), "subcategories → 型 (x)", PRINTED),
    (lambda added: added["regions"].append(added["regions"][4]), "regions → 5", "found 'a second entry', expected one"),
    (put("global", "programs", 1, "id"), "programs → global", "expected one with this id"),
    (put("グローバル型", "programs", 1, "name"), "programs → グローバル型", "expected one with this name"),
    (put("global-phase-1", "subcategories", 1, "id"), "subcategories → global-phase-1", "expected one with this id"),
    (put("region-7-title", "corrections", 3, "id"), "corrections → region-7-title", "expected one with this id"),
    (put("関西", "regions", 5, "title"), "regions → 5 → title", "found '関西', expected the beginning of “"),
    (put("医薬", "regions", 5, "title"), "regions → 5 → title", "found '医薬', expected the beginning of “"),
    (
        lambda added: added["regions"][4].update(title=None, title_kana=None, title_en=None),
        "regions → 5 → title",
        TITLES,
    ),
    (put("食の", "regions", 26, "title"), "regions → 26 → title", TITLES),
    (put(None, "regions", 5, "title"), FIFTH, "expected a reading or a translation needs a title"),
    (lambda added: added["regions"][4].pop("title"), f"{FIFTH} → title", "expected Field required"),
    (put("48", "regions", 5, "prefectures", "value", 1), "regions → 5 → prefectures", "found '48', expected JIS codes"),
    (put("1", "regions", 5, "prefectures", "value", 1), "regions → 5 → prefectures", "found '1', expected JIS codes"),
    (put("27", "regions", 5, "prefectures", "value", 1), "regions → 5 → prefectures", "found '27', expected JIS codes"),
    (put([], "regions", 5, "prefectures", "value"), f"{FIFTH} → prefectures → value", "at least 1 item"),
    (put([], "regions", 5, "prefectures", "evidence"), f"{FIFTH} → prefectures", "a confirmed fact needs evidence"),
    (put(CONFIRMED, "regions", 5, "name_en"), NAME_FACT, "a confirmed fact needs evidence"),
    (put(EDITORIAL, "regions", 5, "name_en"), f"{NAME_FACT} → note", "Extra inputs are not permitted"),
    (put("x", "regions", 5, "name_en"), NAME_FACT, "found 'x'"),
    (put("sure", "regions", 5, "name_en", "status"), f"{NAME_FACT} → status", "found 'sure'"),
    (put("", "regions", 5, "name_en", "value"), f"{NAME_FACT} → value", "at least 1 character"),
    (put("a\0b", "regions", 5, "name_en", "value"), f"{NAME_FACT} → value", "no control or format characters"),
    (put("か\u3099", "regions", 5, "name_en", "value"), f"{NAME_FACT} → value", "Unicode in normal form C"),
    (put(" x", "regions", 5, "name_en", "value"), f"{NAME_FACT} → value", "no space at the beginning or end"),
    *((put(f"{sign}x", "regions", 5, "name_en", "value"), f"{NAME_FACT} → value", FORMULA) for sign in FORMULAS),
    (put("=x", "publisher"), "publisher", FORMULA),
    (put("+x", "corrections", 0, "note"), "corrections → entry 1 → note", FORMULA),
    (put("@x", "programs", 0, "name_en", "value"), "programs → entry 1 → name_en → value", FORMULA),
    (put("=x", "title_en", "value"), "title_en → value", FORMULA),
    (put("+x", "point_rules", 0, "ja"), "point_rules → entry 1 → ja", FORMULA),
    (put("a|b", "research_fields_en", "環境", "value"), "research_fields_en → 環境 → value", JOINED),
    (put("a|b", "regions", 6, "municipalities", "value", 0, "name"), f"{NAMED} → entry 1 → name", JOINED),
    (put("4020", "regions", 6, "municipalities", "value", 2, "code"), f"{NAMED} → entry 3 → code", "pattern"),
    (put("48205", "regions", 6, "municipalities", "value", 2, "code"), "regions → 6 → municipalities", PLACE),
    (put("40000", "regions", 6, "municipalities", "value", 2, "code"), "regions → 6 → municipalities", PLACE),
    (
        put("福岡市", "regions", 6, "local_government_codes", "value", 0, "name"),
        "regions → 6 → local_government_codes",
        PLACE,
    ),
    (put("福岡市", "regions", 6, "local_governments", "value"), "regions → 6 → local_governments", "expected “福岡県”"),
    (put(["28", "27"], "regions", 5, "prefectures", "value"), "regions → 5 → prefectures", "ascending"),
    (put(["27"], "regions", 5, "prefectures", "value"), "regions → 5 → prefectures", "found '27', expected those of"),
    (put(181, "regions", 6, "point", "value", "longitude"), f"{SIXTH} → point → value → longitude", "found '181'"),
    (put(None, "regions", 6, "point", "value", "latitude"), f"{SIXTH} → point → value → latitude", "found 'None'"),
    (put("R5", "regions", 6, "point", "value", "rule"), "regions → 6 → point → rule", "expected one of point_rules"),
    (put("atlas", "regions", 6, "point", "source"), "regions → 6 → point → source", "expected the id of one of the cr"),
    (
        put("光", "regions", 6, "research_fields", "value", 0),
        "regions → 6 → research_fields",
        "found '光', expected one of research_fields_en",
    ),
    (put("a|b", "regions", 5, "research_fields", "value", 0), f"{FIFTH} → research_fields → value → entry 1", JOINED),
    (put("a|b", "programs", 0, "name"), "programs → entry 1 → name", JOINED),
    (put("a|b", "subcategories", 0, "label"), "subcategories → entry 1 → label", JOINED),
    (put("a|b", "corrections", 0, "likely"), "corrections → entry 1 → likely", JOINED),
    (put("https://x/a|b", "corrections", 0, "evidence", 0), "corrections → entry 1 → evidence → entry 1", "pattern"),
    (
        put("https://x/a|b", "regions", 5, "prefectures", "evidence", 0),
        f"{FIFTH} → prefectures → evidence → entry 1",
        "pattern",
    ),
    (put("ftp://x", "regions", 5, "prefectures", "evidence", 0), f"{FIFTH} → prefectures → evidence → entry 1", "ftp"),
    (put(0, "regions", 5, "number"), f"{FIFTH} → number", "found '0'"),
    (put("x", "x"), "x", "Extra inputs are not permitted"),
    (put("24.11.2026", "modified"), "modified", "found '24.11.2026'"),
    (put("Global", "programs", 0, "id"), "programs → entry 1 → id", "found 'Global'"),
    (put("ぼくろく", "corrections", 0, "printed"), "corrections → region-7-title", CORRECTION),
    (put("ほくりく", "corrections", 0, "corrected"), "corrections → region-7-title", CORRECTION),
    (put([26], "corrections", 0, "regions"), "corrections → region-7-title", CORRECTION),
    (put([7, 30], "corrections", 0, "regions"), "corrections", "found 'region 30', expected a region of the list"),
    (put([], "corrections", 0, "regions"), "corrections → entry 1 → regions", "at least 1 item"),
    (put([7, 7], "corrections", 0, "regions"), "corrections → region-7-title", "found 'region 7 again', expected each"),
    (put("theme", "corrections", 0, "field"), "corrections → entry 1 → field", "found 'theme'"),
    (put([], "corrections", 0, "evidence"), "corrections → entry 1 → evidence", "at least 1 item"),
    (
        put("global-phase-1", "corrections", 0, "subcategory"),
        "corrections → entry 1",
        "if its label is wrong, and only",
    ),
    (put(None, "corrections", 1, "subcategory"), "corrections → entry 2", "if its label is wrong, and only then"),
    (put("x", "corrections", 1, "subcategory"), "corrections → global-phase-1-label", "expected all regions of x"),
    (put([*range(1, 9)], "corrections", 1, "regions"), "corrections → global-phase-1-label", "region 9 not among"),
    (put([*range(1, 11)], "corrections", 1, "regions"), "corrections → global-phase-1-label", "region 10 among"),
]


@pytest.mark.parametrize(
    ("change", "where", "why"), FLAWS, ids=[f"{number} {where}" for number, (_, where, _) in enumerate(FLAWS)]
)
def test_an_annotation_that_does_not_fit_is_named_with_its_place(
    tmp_path: Path, change: Change, where: str, why: str
) -> None:
    added = json.loads((SEED / "annotations.json").read_bytes())
    change(added)
    check(json.dumps(added).encode(), f"added.json → {where}: found ", why, tmp_path)


@pytest.mark.parametrize(
    ("content", "where", "why"),
    [
        (b"", "added.json: found ", "Invalid JSON"),
        (b"[]", "added.json: found '[]'", "an object"),
        (b'{"publisher": "x",}', "added.json: found ", "trailing comma at line 1 column 19"),
        (b'{"publisher": "\xff"}', "added.json: found ", "Invalid JSON: invalid unicode code point"),
        (b'{"publisher": "\\ud800"}', "added.json: found ", "Invalid JSON"),
        (b"\xef\xbb\xbf{}", "added.json: found ", "Invalid JSON"),
        (b"[" * 100_000, "added.json: found ", "recursion limit exceeded"),
        ((SEED / "annotations.json").read_bytes()[:-5], "added.json: found ", "Invalid JSON: EOF"),
        (
            (SEED / "annotations.json").read_bytes().replace(b'"number": 5,', b'"number": 4, "number": 5,'),
            "added.json: found ",
            "expected the key “number” once",
        ),
        (
            (SEED / "annotations.json").read_bytes().replace(b'"publisher": "', b'"publisher": "\\ud800'),
            "added.json: found ",
            "Invalid JSON: unexpected end of hex escape at line 3",
        ),
        (
            (SEED / "annotations.json")
            .read_bytes()
            .replace(b'"name_kana": {"value": "', b'"name_kana": {"value": "\\ud800'),
            "added.json → regions → entry 1 → name_kana → value: found ",
            "valid string",
        ),
    ],
)
def test_annotations_that_are_not_json_are_refused(tmp_path: Path, content: bytes, where: str, why: str) -> None:
    check(content, where, why, tmp_path)


def check(content: bytes, where: str, why: str, folder: Path) -> None:
    path = folder / "added.json"
    path.write_bytes(content)
    with pytest.raises(SourceError) as refused:
        list(records.read(records.Files(LIST, path)))
    assert str(refused.value).startswith(where)
    assert why in str(refused.value)


def test_a_theme_is_no_formula_once_its_title_is_taken_off(tmp_path: Path) -> None:
    added = json.loads((SEED / "annotations.json").read_bytes())
    title = added["regions"][4]["title"]
    path = tmp_path / "list.txt"
    path.write_text(LIST.read_text().replace(f"{title} ", f"{title} ="))
    with pytest.raises(SourceError, match=f"annotations.json → regions → 5 → title: found '=.*{FORMULA}"):
        list(records.read(records.Files(path, SEED / "annotations.json")))


def test_the_changelog_brings_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "changes.json"
    editions = json.loads((SEED / "changes.json").read_bytes())
    editions[0]["changes"][0] |= {"action": "corrected", "field": "name", "old": "=1", "new": "x"}
    path.write_text(json.dumps(editions))
    with pytest.raises(SourceError, match=f"changes.json → .*found '=1', expected no = {FORMULA}"):
        changelog.load(path)


def test_a_plain_text_is_a_translation_of_our_own() -> None:
    read = TypeAdapter(facts.Translation).validate_python
    assert read("Global Type") == read({"value": "Global Type", "status": "editorial"})
    with pytest.raises(ValueError, match="evidence"):
        read({"value": "Global Type", "status": "confirmed"})
