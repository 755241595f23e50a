"""Search against an oracle that was written from the contract alone."""

import random
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from typing import Any

import httpx
import orjson
import pytest

from app.http import formats
from app.http.parsed_request import ParsedRequest
from app.routers.regions.endpoints import publish
from app.routers.regions.parameters import RegionQuery
from app.schemas import records
from app.schemas.annotations import Annotations
from app.search import conditions, highlights
from app.search.terms import Term, split
from tests.api.test_problems import problem
from tests.support.oracle import RANKS, Region, searched, terms_of
from tests.support.reading import Ask, asking

NOTHING = dict.fromkeys(Annotations.model_fields)
"""Annotations without a text."""


@cache
def simplified(text: str) -> str:
    """Folding, another way: character by character over the compatibility decomposition."""
    text = unicodedata.normalize("NFKD", text).casefold()
    kept: list[str] = []
    latin = False
    for character in unicodedata.normalize("NFKD", text):
        category = unicodedata.category(character)
        if category.startswith("M") and latin:
            continue
        if category[0] in "LNM":
            latin = "LATIN" in unicodedata.name(character, "") or (latin and category.startswith("M"))
            kept.append(chr(ord(character) - 96) if "ァ" <= character <= "ヶ" else character)
    return unicodedata.normalize("NFC", "".join(kept))


@pytest.fixture(scope="module")
def regions(client: httpx.Client) -> list[Region]:
    items: list[Region] = client.get("/v1/regions").json()["items"]
    return items


@pytest.fixture(scope="module")
def ask(database_url: str) -> Iterator[Ask]:
    with asking(database_url) as ask:
        yield ask


@pytest.fixture(scope="module")
def pieces(regions: list[Region]) -> dict[str, set[int]]:
    """Every folded piece of 1 to 4 characters, with the regions it occurs in."""
    found: dict[str, set[int]] = {}
    for region in regions:
        for _, text in searched(region):
            folded = simplified(text)
            for length in range(1, 5):
                for start in range(len(folded) - length + 1):
                    found.setdefault(folded[start : start + length], set()).add(region["number"])
    return found


HALF_WIDTH = {unicodedata.normalize("NFKC", half): half for half in map(chr, range(0xFF66, 0xFF9E))}
VOICED = {
    unicodedata.normalize("NFC", unicodedata.normalize("NFKC", half) + mark): half + sign
    for half in map(chr, range(0xFF66, 0xFF9E))
    for mark, sign in (("\u3099", "ﾞ"), ("\u309a", "ﾟ"))
}


def katakana(text: str) -> str:
    return "".join(chr(ord(character) + 96) if "ぁ" <= character <= "ゖ" else character for character in text)


def half_width(text: str) -> str:
    return "".join((HALF_WIDTH | VOICED).get(character, character) for character in katakana(text))


def full_width(text: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else character for character in text)


FORMS: tuple[Callable[[str], str], ...] = (
    str,
    katakana,
    half_width,
    full_width,
    str.upper,
    lambda text: full_width(text.upper()),
)


def test_every_piece_of_every_text_is_found_exactly_where_it_is(ask: Ask, pieces: dict[str, set[int]]) -> None:
    assert len(pieces) > 5000
    for piece, numbers in pieces.items():
        assert set(ask(q=piece)) == numbers, piece


def test_every_form_of_a_piece_is_the_same_search(pieces: dict[str, set[int]]) -> None:
    for piece in pieces:
        for form in FORMS:
            assert [term.folded for term in split(form(piece))] == [piece], form(piece)


def test_pieces_in_every_form_are_found_over_the_wire(client: httpx.Client, pieces: dict[str, set[int]]) -> None:
    for piece in random.Random(7).sample(sorted(pieces), 60):
        for form in FORMS:
            q = form(piece)
            written = q if terms_of(q) else f'"{q}"'
            found = client.get("/v1/regions", params={"q": written}).json()["items"]
            assert {region["number"] for region in found} == pieces[piece], q


def test_several_terms_must_all_occur_and_q_in_says_where(ask: Ask, regions: list[Region]) -> None:
    choose = random.Random(11)
    for _ in range(400):
        source = choose.choice(regions)
        fields = choose.sample(sorted(RANKS), choose.randint(1, 4))
        terms = []
        for _ in range(choose.randint(1, 3)):
            folded = simplified(choose.choice(searched(source))[1])
            start = choose.randrange(len(folded))
            terms.append(folded[start : start + choose.randint(1, 4)])
        ranks = {}
        for region in regions:
            own = [(path.partition(".")[0], simplified(text)) for path, text in searched(region)]
            best = [
                min((RANKS[field] for field, text in own if field in fields and term in text), default=None)
                for term in terms
            ]
            if None not in best:
                ranks[region["number"]] = max(rank for rank in best if rank is not None)
        query = {"q": "\u3000".join(terms), "q_in": ",".join(fields)}
        assert ask(**query) == sorted(ranks)
        assert ask(**query, sort="relevance") == sorted(ranks, key=lambda number: (ranks[number], number))
        assert ask(**query, sort="-relevance") == sorted(ranks, key=lambda number: (-ranks[number], number))


def test_matches_are_every_occurrence_in_the_order_of_the_fields(client: httpx.Client, regions: list[Region]) -> None:
    choose = random.Random(13)
    for _ in range(60):
        _, text = choose.choice(searched(choose.choice(regions)))
        start = choose.randrange(len(text))
        term = text[start : start + choose.randint(1, 3)]
        if list((terms_of(term) or {}).values()) != [term]:
            continue
        for region in client.get("/v1/regions", params={"q": term}).json()["items"]:
            expected = []
            for path, text_ in searched(region):
                width = len(text_)
                spans = (  # the shortest that hold the term: one character may fold to several
                    (first, last)
                    for first in range(width)
                    for last in range(first + 1, min(width, first + 12) + 1)
                    if simplified(term) in simplified(text_[first:last])
                    and simplified(term) not in simplified(text_[first + 1 : last])
                    and simplified(term) not in simplified(text_[first : last - 1])
                )
                expected += [{"field": path, "start": a, "end": b, "term": term} for a, b in spans]
            assert region["matches"] == expected


@pytest.mark.parametrize(
    ("q", "numbers"),
    [
        ("ﾊﾞｲｵ", [1, 5, 7, 12, 26, 28]),
        ("ほくりく健康", [7]),
        ("ほくろく健康", [7]),
        ("shuhen", [1]),
        ("shūhen", [1]),
        ("Hokkaido", [1, 12, 26]),
        ("Bio-S", [1]),
        ("bios", [1]),
        ("ＬＳＩ", [6]),
        ("lsi", [6]),
        ("医療\ufe00", [5, 11, 13, 15, 17, 24]),
        ("高\U000e0101機能", [1, 9, 18, 21, 23]),
        *((f"スマ{dash}トデバイス", [3]) for dash in "－−‐―-–—‑ー─━⸺⸻﹣➖⁃⎯"),
        ("第Ⅱ期", [*range(1, 10)]),
        ("ばいおえす", [1]),
        ("北九州", [6]),
        ("九州沖縄", []),
        ("16201", []),
        ("GeoNames", []),
        ("editorial", []),
        ("& 弘前", [27]),
        ("mext.go.jp", []),
        ("%", None),
        ("_", None),
    ],
)
def test_searches_that_people_type(ask: Ask, q: str, numbers: list[int] | None) -> None:
    if numbers is None:
        with pytest.raises(Exception, match="invalid-parameter"):
            ask(q=q)
    else:
        assert ask(q=q) == numbers


@pytest.mark.parametrize(
    ("q", "terms", "canonical"),
    [
        ("健康 医療", ["健康", "医療"], "健康 医療"),
        ("健康\u3000医療", ["健康", "医療"], "健康 医療"),
        ('"健康 医療"', ["健康 医療"], '"健康 医療"'),
        ("“健康　医療” バイオ", ["健康　医療", "バイオ"], '"健康　医療" バイオ'),
        ("＂ヘルス & ビューティー＂", ["ヘルス & ビューティー"], '"ヘルス & ビューティー"'),
        ('"医療"', ["医療"], "医療"),
        ('"Bio-S"', ["Bio-S"], "Bio-S"),
        ('"OR" の', ["OR", "の"], '"OR" の'),
        ('"-医療"', ["-医療"], '"-医療"'),
        ('"AND OR"', ["AND OR"], '"AND OR"'),
        ('"医療" "" "&" 医療', ["医療"], "医療"),
        ('"健康', ['"健康'], '"健康'),
        ('健康 "医療', ["健康", '"医療'], '健康 "医療'),
        ('"健康"医療', ["健康", "医療"], "健康 医療"),
        ("and or not", ["and", "or", "not"], "and or not"),
        ("ANDO ORAL", ["ANDO", "ORAL"], "ANDO ORAL"),
        ("Bio-S ー医 - — ─ 〜 健康-医療", ["Bio-S", "ー医", "健康-医療"], "Bio-S ー医 健康-医療"),
        ("ｰ医 ・医療 ~医療", ["ｰ医", "・医療"], "ｰ医 ・医療"),
        ('"–医療"', ["–医療"], '"–医療"'),
        ("健康–医療 スマ─ト", ["健康–医療", "スマ─ト"], "健康–医療 スマ─ト"),
        ("健康、医療,福祉", ["健康、医療,福祉"], "健康、医療,福祉"),
        ("title:医療", ["title:医療"], "title:医療"),
    ],
)
def test_the_answer_says_which_terms_were_read(client: httpx.Client, q: str, terms: list[str], canonical: str) -> None:
    query = client.get("/v1/regions", params={"q": q}).json()["query"]
    assert (query["terms"], query["q"]) == (terms, canonical)
    again = client.get("/v1/regions", params={"q": canonical}).json()["query"]
    assert again == query
    assert list((terms_of(q) or {}).values()) == terms


def test_without_q_there_are_no_terms(client: httpx.Client) -> None:
    assert "terms" not in client.get("/v1/regions").json()["query"]


@pytest.mark.parametrize(
    ("q", "refused", "suggestion"),
    [
        ("-医療", "-医療", None),
        ("－医療", "－医療", None),
        ("−医療 健康", "−医療", None),
        ("健康 -医療", "-医療", None),
        *((f"{dash}医療", f"{dash}医療", None) for dash in "‐‑‒–—―─━⸺⸻⁃➖⎯˗﹣﹘"),
        ("–マ", "–マ", None),
        ("健康 AND –医療", "AND", None),
        ('-"健康 医療"', '-"健康', None),
        ("健康 AND 医療", "AND", "健康 医療"),
        ("健康 ＡＮＤ 医療", "ＡＮＤ", "健康 医療"),
        ('"健康 福祉" AND 医療', "AND", '"健康 福祉" 医療'),
        ("AND", "AND", None),
        ("sci\t医\u200b療 AND", "AND", None),
        ("健康 OR 医療", "OR", None),
        ("健康 AND 医療 OR バイオ", "AND", None),
        ("NOT 医療", "NOT", None),
    ],
)
def test_operators_of_other_searches_are_refused_with_what_q_can_do(
    client: httpx.Client, q: str, refused: str, suggestion: str | None
) -> None:
    (error,) = problem(client.get("/v1/regions", params={"q": q}), 422, "invalid-parameter")["errors"]
    assert (error["parameter"], error["code"], error.get("suggestion")) == ("q", "operator", suggestion)
    assert f"“{refused}”" in error["detail"]
    assert "every term must occur" in error["detail"]
    assert "double quotes" in error["detail"]
    japanese = client.get("/v1/regions", params={"q": q, "lang": "ja"}).json()["errors"][0]["detail"]
    assert f"「{refused}」" in japanese
    assert "二重引用符" in japanese


def test_a_text_in_quotes_is_found_as_one(client: httpx.Client) -> None:
    apart, together, plain = (
        client.get("/v1/regions", params={"q": q}).json() for q in ("予防 健康", '"予防 健康"', "予防健康")
    )
    assert [region["number"] for region in apart["items"]] == [2, 7]
    assert [region["number"] for region in together["items"]] == [2]
    assert plain["total"] == 1
    assert {match["term"] for region in together["items"] for match in region["matches"]} == {"予防 健康"}


def test_two_terms_that_fold_to_the_same_are_one(client: httpx.Client) -> None:
    both = client.get("/v1/regions", params={"q": "バイオ ばいお"}).json()
    one = client.get("/v1/regions", params={"q": "バイオ"}).json()
    assert both["items"] == one["items"]
    assert {match["term"] for region in both["items"] for match in region["matches"]} == {"バイオ"}


def test_without_q_there_are_no_matches(regions: list[Region]) -> None:
    assert all(region["matches"] == [] for region in regions)


def test_ten_terms_may_be_looked_for(client: httpx.Client) -> None:
    terms = "ほくりく健康創造クラスター"[:10]
    found = client.get("/v1/regions", params={"q": f"{' '.join(terms)} {terms[0]} & ・"})  # ten that count
    assert 7 in {region["number"] for region in found.json()["items"]}
    found = client.get("/v1/regions", params={"q": " ".join("abcdefghijk"), "lang": "ja"})
    (error,) = found.json()["errors"]
    assert (found.status_code, error["parameter"], error["code"]) == (422, "q", "too-many-terms")
    assert "10" in error["detail"]


@pytest.fixture(scope="module")
def repetitive(regions: list[Region]) -> bytes:
    """A record with very long texts."""
    added = regions[0]["annotations"] | {"research_fields": ["ab" * 50_000], "local_governments": "ac" * 50_000}
    return orjson.dumps(regions[0] | {"name": "ab" * 300, "theme": "ba" * 300, "annotations": added})


def test_the_matches_of_a_record_are_bounded_and_the_first_are_kept(repetitive: bytes) -> None:
    terms = [Term(term, term) for term in ("a", "b", "ab", "abab", "zz")]
    found, truncated = highlights.find(repetitive, terms, conditions.FIELDS)
    record = orjson.loads(repetitive)
    expected = [
        {"field": field, "start": start, "end": start + len(term.folded), "term": term.typed}
        for field in ("name", "theme")
        for start in range(600)
        for term in sorted(terms, key=lambda term: (len(term.folded), term.typed))
        if record[field].startswith(term.folded, start)
    ]
    assert truncated
    assert found == expected[: records.MAX_MATCHES]
    few, truncated = highlights.find(repetitive, [Term("ab", "ab")], ("name",))
    assert (len(few), truncated) == (300, False)


class Counted(str):
    """A text that counts how often something is looked for in it."""

    __slots__ = ("looked",)
    looked: int

    def find(self, *args: Any) -> int:
        self.looked = getattr(self, "looked", 0) + 1
        return super().find(*args)


@pytest.mark.parametrize("fields", [conditions.FIELDS, ("name",)])
def test_no_more_matches_are_looked_for_than_are_kept(
    repetitive: bytes, fields: tuple[conditions.FieldName, ...]
) -> None:
    searchable = highlights._searchable(repetitive)
    text = Counted(searchable.text)
    spans = highlights._spans(searchable._replace(text=text), "a", "a", fields)
    found = [*islice(spans, records.MAX_MATCHES + 1)]
    assert text.looked <= 1 + len(found) + len(searchable.places)


def test_a_record_says_where_its_matches_are_not_all(regions: list[Region]) -> None:
    parsed = ParsedRequest(RegionQuery.model_validate({"q": "a"}), "/v1/regions")
    for repeats, truncated in ((records.MAX_MATCHES, None), (records.MAX_MATCHES + 1, True)):
        stored = orjson.dumps(regions[0] | {"annotations": NOTHING, "name": "x", "title": None, "theme": "a" * repeats})
        record = orjson.loads(publish(stored, parsed, parsed.query))
        assert len(record["matches"]) == records.MAX_MATCHES
        assert record.get("matches_truncated") == truncated
        (selected,) = formats.chosen([orjson.dumps(record)], ("matches", "number"))
        assert orjson.loads(selected).get("matches_truncated") == truncated
        assert b"matches" not in formats.chosen([orjson.dumps(record)], ("number",))[0]
        assert records.Region.model_json_schema()["properties"]["matches_truncated"]["const"] is True
        assert "matches_truncated" not in records.Region.model_json_schema()["required"]


def test_no_search_of_the_list_reaches_the_bound(client: httpx.Client, regions: list[Region]) -> None:
    for region in regions:
        common = Counter("".join(simplified(text) for _, text in searched(region))).most_common(10)
        record = client.get("/v1/regions", params={"q": " ".join(each for each, _ in common)}).json()["items"][0]
        assert "matches_truncated" not in record
        assert sum(count for _, count in common) < records.MAX_MATCHES / 2
