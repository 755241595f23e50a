"""Rows that attack by filters and names: shapes of statements, suggestions, field selection."""

from random import Random

from tools.bench.cost.row import LONG_BYTES, SHORT_BYTES, Facts, Rows, few, filled, kanji, listed, query, request, word

ROWS = Rows()

FACETS = ["type", "subcategory", "prefecture", "fiscal_year"]
SORT_KEYS = ["fiscal_year_start", "fiscal_year_end", "page"]
FIELDS = ["name", "title", "theme", "annotations"]
PARAMETERS = [*FACETS, "number", "fiscal_year_from", "fiscal_year_to", "q", "q_in", "sort", "limit", "offset", "fields"]
SUBCATEGORIES = ["global-phase-1", "global-hub-development", "city-area-general", "city-area-advanced"]


def sort_keys(choose: Random, first: list[str]) -> list[str]:
    return first + [choose.choice(["", "-"]) + key for key in few(choose, SORT_KEYS, 0, 3)]


def _everything(choose: Random, facts: Facts, numbers: list[int], terms: list[str]) -> bytes:
    """Nine filters with about as many values as they may have."""
    years = few(choose, range(1886, 2200), 85, 89) + list(range(2002, 2013))
    choose.shuffle(years)
    parameters = {
        "type": few(choose, ["global", "city-area"], 2, 2),
        "subcategory": few(choose, SUBCATEGORIES, 4, 4),
        "prefecture": few(choose, facts.prefectures, 47, 47),
        "number": numbers,
        "fiscal_year": list(dict.fromkeys(years)),
        "fiscal_year_from": choose.randint(1886, 2002),
        "fiscal_year_to": choose.randint(2013, 2199),
        "q_in": few(choose, FIELDS, 3, 3) if choose.random() < 0.5 else few(choose, FIELDS, 4, 4),
        "sort": sort_keys(choose, ["relevance"]),
        "facets": few(choose, FACETS, 4, 4),
    }
    return request(f"/v1/regions?{query(parameters)}&q={'+'.join(terms)}")


@ROWS.add("nine filters, 100/100/47 values, 50 terms, relevance, facets; nothing found")
def _nothing_found(choose: Random, facts: Facts) -> bytes:
    numbers = few(choose, range(100, 1000), 96, 100)
    return _everything(choose, facts, numbers, few(choose, facts.letters()[:200], 46, 50))


@ROWS.add("nine filters, 100/100/47 values, 50 terms, relevance, facets; something found")
def _something_found(choose: Random, facts: Facts) -> bytes:
    numbers = few(choose, range(1, 30), 29, 29) + few(choose, range(100, 1000), 67, 71)
    return _everything(choose, facts, numbers, few(choose, facts.letters_of_one(), 46, 50))


@ROWS.add("nine filters, 100/100/47 values, ten terms, relevance, facets; nothing found")
def _nothing_found_by_ten(choose: Random, facts: Facts) -> bytes:
    numbers = few(choose, range(100, 1000), 96, 100)
    return _everything(choose, facts, numbers, few(choose, facts.letters()[:200], 8, 10))


@ROWS.add("nine filters, 100/100/47 values, ten terms, relevance, facets; something found")
def _something_found_by_ten(choose: Random, facts: Facts) -> bytes:
    numbers = few(choose, range(1, 30), 29, 29) + few(choose, range(100, 1000), 67, 71)
    return _everything(choose, facts, numbers, few(choose, facts.letters()[:12], 8, 10))


def _misspelt(choose: Random, name: str) -> str:
    """Return a word that looks like a known one: two letters more."""
    for _ in range(2):
        place = choose.randrange(len(name))
        name = name[:place] + word(choose, 1) + name[place:]
    return name


@ROWS.add("unknown names and values until 8 KB")
def _unknown(choose: Random, facts: Facts) -> bytes:
    wrong = {
        "fields": [_misspelt(choose, choose.choice(facts.keys)) for _ in range(100)],
        "prefecture": [word(choose, 10) for _ in range(100)],
        "subcategory": [_misspelt(choose, "global-hub-development") for _ in range(40)],
        "sort": [_misspelt(choose, "fiscal_year_start") for _ in range(20)],
    }
    begun = query(wrong)
    names = filled(choose, lambda choose: _misspelt(choose, choose.choice(PARAMETERS)), LONG_BYTES - len(begun), "&")
    return request(f"/v1/regions?{begun}&{names}")


@ROWS.add("unknown names and values until 1 KB, in Japanese")
def _few_unknown(choose: Random, facts: Facts) -> bytes:
    wrong = {
        "fields": [_misspelt(choose, choose.choice(facts.keys)) for _ in range(12)],
        "prefecture": [word(choose, 6) for _ in range(20)],
        "fiscal_year": [f"平成{choose.randint(32, 999)}"],
        "limit": choose.randint(101, 10**6),
        "q": "&",
        "lang": "ja",
    }
    begun = query(wrong)
    names = filled(choose, lambda choose: _misspelt(choose, choose.choice(PARAMETERS)), SHORT_BYTES - len(begun), "&")
    return request(f"/v1/regions?{begun}&{names}")


@ROWS.add("`fields` of 100 keys with their letters shuffled")
def _shuffled_letters(choose: Random, facts: Facts) -> bytes:
    longest = sorted(facts.keys, key=len)[-20:]
    keys = ["".join(choose.sample(key, len(key))).replace(",", "") for key in choose.choices(longest, k=100)]
    return listed({"fields": keys})


@ROWS.add("`fields` of all keys, in another order")
def _all_keys(choose: Random, facts: Facts) -> bytes:
    return listed({"fields": few(choose, facts.keys, 100, 100)})


@ROWS.add("2,700 unknown names of two letters")
def _two_letters(choose: Random, _: Facts) -> bytes:
    return request(f"/v1/regions?{filled(choose, lambda choose: word(choose, 2), LONG_BYTES, '&')}")


@ROWS.add("100 wrong prefectures of 8 kanji")
def _wrong_prefectures(choose: Random, _: Facts) -> bytes:
    return listed({"prefecture": [kanji(choose, 8) for _ in range(100)]})


@ROWS.add("100 wrong prefectures of 6 letters")
def _short_wrong_prefectures(choose: Random, _: Facts) -> bytes:
    return listed({"prefecture": [word(choose, 6) for _ in range(100)]})


@ROWS.add("one filter, another number of values")
def _numbers(choose: Random, _: Facts) -> bytes:
    return listed({"number": few(choose, range(1, 1000), 1, 100), "limit": choose.randint(1, 100)})


@ROWS.add("all facets, another order and number of filters")
def _facets(choose: Random, facts: Facts) -> bytes:
    filters = {
        "type": few(choose, ["global", "city-area"], 1, 2),
        "prefecture": few(choose, facts.prefectures, 1, 47),
        "fiscal_year": few(choose, range(2002, 2013), 1, 9),
        "q": choose.choice(facts.letters()[:300]),
    }
    return listed({name: filters[name] for name in few(choose, filters, 1, 4)} | {"facets": few(choose, FACETS, 4, 4)})


@ROWS.add("every sort key, another order and direction")
def _sorted(choose: Random, _: Facts) -> bytes:
    sort = [choose.choice(["", "-"]) + key for key in few(choose, [*SORT_KEYS, "relevance"], 4, 4)]
    return listed({"q": "の", "sort": sort, "offset": choose.randint(0, 10_000)})


@ROWS.add("every filter, few values, `q`; nothing found, so that each is tried without")
def _relaxed(choose: Random, facts: Facts) -> bytes:
    parameters = {
        "type": "global",
        "subcategory": choose.choice(SUBCATEGORIES[2:]),
        "prefecture": few(choose, facts.prefectures, 1, 5),
        "number": few(choose, range(1, 99), 1, 5),
        "fiscal_year": few(choose, range(2002, 2013), 1, 5),
        "fiscal_year_from": choose.randint(1886, 2002),
        "fiscal_year_to": choose.randint(2013, 2199),
        "q": "医療",
        "sort": sort_keys(choose, ["-relevance"]),
    }
    return listed(parameters)


@ROWS.add("every filter, few values, ten terms, facets; nothing found")
def _relaxed_facets(choose: Random, facts: Facts) -> bytes:
    parameters = {
        "type": few(choose, ["global", "city-area"], 1, 2),
        "subcategory": few(choose, SUBCATEGORIES, 1, 4),
        "prefecture": few(choose, facts.prefectures, 1, 9),
        "number": few(choose, range(30, 99), 1, 9),
        "fiscal_year": few(choose, range(2002, 2013), 1, 9),
        "fiscal_year_from": choose.randint(1886, 2002),
        "fiscal_year_to": choose.randint(2013, 2199),
        "q": " ".join(few(choose, facts.letters()[:200], 5, 10)),
        "q_in": few(choose, FIELDS, 3, 4),
        "sort": sort_keys(choose, ["-relevance"]),
        "facets": few(choose, FACETS, 4, 4),
    }
    return listed(parameters)
