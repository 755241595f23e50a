"""Rows that attack by `q`, by exports and by how a query string is written."""

from random import Random
from urllib.parse import quote

from tools.bench.cost.row import LONG_BYTES, Facts, Rows, few, filled, kanji, listed, query, request, word

ROWS = Rows()

GROWS = "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}"
"""NFKC makes 18 characters of it, 15 of which are letters."""


@ROWS.add("`matches` of ten letters that occur everywhere")
def _matches(choose: Random, facts: Facts) -> bytes:
    return listed({"q": " ".join(few(choose, facts.letters()[:12], 10, 10)), "fields": ["matches"]})


@ROWS.add("`matches` of one letter, another page")
def _one_letter(choose: Random, facts: Facts) -> bytes:
    page = {"limit": choose.randint(29, 100), "offset": choose.randint(0, 3)}
    return listed({"q": choose.choice(facts.letters()[:12]), **page})


@ROWS.add("`q` that grows 18 times under NFKC")
def _growing(choose: Random, _: Facts) -> bytes:
    return listed({"q": GROWS * choose.randint(17, 19) + kanji(choose, choose.randint(1, 15))})


@ROWS.add("`q` of 100 characters that grow, too long when folded")
def _too_long_folded(choose: Random, _: Facts) -> bytes:
    return listed({"q": GROWS * 96 + kanji(choose, 4)})


@ROWS.add("`q` of combining marks and Korean jamo")
def _marks(choose: Random, _: Facts) -> bytes:
    marks = (chr(choose.randrange(*choose.choice([(0x300, 0x370), (0x1100, 0x1200)]))) for _ in range(96))
    return listed({"q": "ga" + "".join(marks)})


@ROWS.add("`q` of ten words that are hints: years, prefectures, programmes")
def _hints(choose: Random, _: Facts) -> bytes:
    known = [
        "石川県",
        "九州",
        "北海道",
        "グローバル型",
        "都市エリア型",
        "東北",
        "福岡",
        "Kyoto",
        "京都府",
        "四国",
        "京",
    ]
    years = [f"H{choose.randint(14, 24)}", f"平成{choose.randint(14, 24)}年度", str(choose.randint(2002, 2012))]
    return listed({"q": " ".join(few(choose, known, 7, 7) + years)})


@ROWS.add("`q` of quotes, dashes and operators")
def _operators(choose: Random, _: Facts) -> bytes:
    pieces = ['"', "-", "AND ", "OR ", "ー", "、", "\u3000", "-a ", '"" ', "(", "*"]
    return listed({"q": "".join(choose.choices(pieces, k=50)) + kanji(choose, 2)})


@ROWS.add("CSV of everything, every column, `q`")
def _csv(choose: Random, facts: Facts) -> bytes:
    q = " ".join(few(choose, facts.letters()[:15], 1, 10))
    return listed({"q": q, "fields": few(choose, facts.keys, 100, 100)}, path="/v1/regions.csv")


@ROWS.add("NDJSON of everything, `matches` of ten letters")
def _ndjson(choose: Random, facts: Facts) -> bytes:
    return listed({"q": " ".join(few(choose, facts.letters()[:12], 10, 10))}, path="/v1/regions.ndjson")


@ROWS.add("GeoJSON of everything, another limit")
def _geojson(choose: Random, _: Facts) -> bytes:
    return listed({"limit": choose.randint(29, 10**8)}, path="/v1/regions.geojson")


@ROWS.add("a region, all keys in another order")
def _region(choose: Random, facts: Facts) -> bytes:
    path = f"/v1/regions/{choose.randint(1, 29)}"
    return listed({"fields": few(choose, facts.keys, 100, 100)}, path=path)


@ROWS.add("another list, another page")
def _other_lists(choose: Random, _: Facts) -> bytes:
    path = choose.choice(["changes", "corrections", "prefectures", "fiscal-years", "programs", "subcategories"])
    page = {"limit": choose.randint(50, 100), "offset": choose.randint(0, 9)}
    return listed(page, path=f"/v1/{path}")


@ROWS.add("100 fiscal years in kanji numerals")
def _kanji_years(choose: Random, _: Facts) -> bytes:
    digits = "一二三四五六七八九"
    years = [f"昭和{tens}十{ones}年度" for tens in digits[1:5] for ones in digits]
    years += [f"明治{tens}十{ones}年度" for tens in digits[1:3] for ones in digits]
    return listed({"fiscal_year": few(choose, years, 40, 54)})


@ROWS.add("a number of 8,000 digits")
def _digits(choose: Random, _: Facts) -> bytes:
    return listed({"number": "".join(choose.choices("123456789", k=LONG_BYTES)), "limit": choose.randint(1, 100)})


@ROWS.add("8,000 `&`")
def _ampersands(choose: Random, _: Facts) -> bytes:
    return request(f"/v1/regions?limit={choose.randint(1, 100)}{'&' * LONG_BYTES}&offset={choose.randint(0, 10_000)}")


@ROWS.add("8,000 commas, semicolons, pluses or equals signs")
def _signs(choose: Random, _: Facts) -> bytes:
    filling = choose.choice([",", ";", "+", "="])
    return request(f"/v1/regions?number={filling * (LONG_BYTES // len(filling))}&limit={choose.randint(1, 100)}")


@ROWS.add("4,000 values of one list, repeated")
def _repeated(choose: Random, _: Facts) -> bytes:
    name = choose.choice(["type", "fields", "number", "sort"])
    return request(f"/v1/regions?{name}={filled(choose, lambda choose: str(choose.randint(1, 9)), LONG_BYTES, ',')}")


@ROWS.add("every character percent-encoded")
def _encoded(choose: Random, facts: Facts) -> bytes:
    plain = query({"q": word(choose, 100), "prefecture": few(choose, facts.prefectures, 47, 47)})
    plain += "&number=" + filled(choose, lambda choose: str(choose.randint(1, 999)), 360, ",")
    encoded = "".join(each if each in "&=" else f"%{ord(each):02x}" for each in plain)
    return request(f"/v1/%72egions?{encoded}")


@ROWS.add("Shift_JIS, overlong and broken percent-encoding until 8 KB")
def _broken(choose: Random, _: Facts) -> bytes:
    wrong = [quote("医療".encode("shift_jis")), "%C0%AF", "%ED%A0%80", "%", "%zz", "%E5%8C"]
    values = filled(choose, lambda choose: f"q={choose.choice(wrong)}{word(choose, 2)}", LONG_BYTES, "&")
    return request(f"/v1/regions?{values}")
