"""Values of the parameters of a list: valid ones with what they mean, and nasty ones; drawn from one seed."""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from tests.api.test_search import FORMS
from tests.support import nasty
from tests.support.filters import VALUES, written
from tests.support.oracle import Region, searched, terms_of
from tests.unit.test_eras import notations

SORT_NAMES = ["number", "fiscal_year_start", "fiscal_year_end", "page", "relevance"]
FIELD_NAMES = ["number", "name", "title", "theme", "program.id", "source.page", "annotations.prefectures.code", "links"]

MORE_NAMES = {
    "hokkaido": ["北海道地方", "Hokkaido Region"],
    "tohoku": ["東北地方", "東北地域"],
    "kinki": ["近畿地方", "関西", "関西地域", "Kansai"],
    "kyushu": ["九州", "九州地方", "九州沖縄", "九州・沖縄地方"],
}


def _same(words: Iterable[str]) -> dict[str, Any]:
    """Return words that mean themselves."""
    return {word: word for word in words}


class Values:
    def __init__(self, seed: int, lists: Mapping[str, Sequence[Region]]) -> None:
        """`lists`: the records of every list, by its path."""
        self.choose = random.Random(seed)
        self.lists = lists
        self.regions = lists["/v1/regions"]
        self.programs = {each["id"]: [each["name"], each["name_en"]] for each in lists["/v1/programs"]}
        self.subcategories = {each["id"]: [each["label"], each["label_en"]] for each in lists["/v1/subcategories"]}
        for each in lists["/v1/corrections"]:
            if id_ := each["applies_to"]["subcategory"]:
                self.subcategories[id_].append(each["corrected"])
        self.prefectures = {each["code"]: self._names(each) for each in lists["/v1/prefectures"]}
        self.words = {
            **{name: {written(value): value for value in values} for name, values in VALUES.items()},
            "q_in": _same(["name", "title", "theme", "annotations"]),
            "sort": _same(sign + name for name in SORT_NAMES for sign in ("", "-")),
            "fields": _same(FIELD_NAMES),
            "facets": _same(["type", "subcategory", "prefecture", "fiscal_year"]),
            "lang": _same(["ja", "en"]),
            "bom": {"true": True, "false": False},
        }
        """Right values by parameter, as written, with what they mean."""
        self.valid: dict[str, Callable[[], tuple[str, Any]]] = {
            **{name: partial(self._word, words) for name, words in self.words.items()},
            "type": lambda: self._id(self.programs),
            "subcategory": lambda: self._id(self.subcategories),
            "prefecture": self._place,
            "number": lambda: self._number(1, 40),
            "fiscal_year": self._year,
            "fiscal_year_from": self._year,
            "fiscal_year_to": self._year,
            "q": self._text,
            "limit": lambda: self._number(1, 100),
            "offset": lambda: self._number(0, 40),
        }

    @staticmethod
    def _names(prefecture: Mapping[str, str]) -> list[str]:
        name, kana = prefecture["name"], prefecture["name_kana"]
        ending = {"都": "と", "府": "ふ", "県": "けん"}.get(name[-1], "")
        short = [name[:-1], kana.removesuffix(ending)] if ending else []
        return [name, kana, prefecture["name_en"], *short]

    # --- values: as written, and what they mean -----------------------------------------------------------

    def _id(self, names: Mapping[str, list[str]]) -> tuple[str, Any]:
        id_ = self.choose.choice(sorted(names))
        if self.choose.random() < 0.5:
            return self.choose.choice([id_, nasty.wide(id_), id_.upper(), nasty.wide(id_.title())]), id_
        return self._form(*FORMS)(self.choose.choice(names[id_])), id_

    def _place(self) -> tuple[str, list[str]]:
        """A prefecture or an area, and the codes of the prefectures that are meant."""
        if self.choose.random() < 0.7:
            written, code = self._id(self.prefectures)
            return written, [code]
        area = self.choose.choice(self.lists["/v1/prefectures"])["area"]
        own = [each["code"] for each in self.lists["/v1/prefectures"] if each["area"] == area]
        return self._form(*FORMS)(self.choose.choice([*area.values(), *MORE_NAMES.get(area["id"], ())])), own

    def _form(self, *forms: Callable[[str], str]) -> Callable[[str], str]:
        return self.choose.choice(forms)

    def _number(self, least: int, most: int) -> tuple[str, Any]:
        number = self.choose.choice([least, most, self.choose.randint(least, most)])
        return self._form(str, nasty.wide)(str(number)), number

    def _year(self) -> tuple[str, Any]:
        year = self.choose.choice([1886, 2199, 1989, 2019, *range(2004, 2016), *range(2004, 2016)])
        written = self.choose.choice([text for text in notations(year) if len(text) > 1])
        return self._form(str, str.lower, nasty.wide)(written), year

    def _word(self, words: Mapping[str, Any]) -> tuple[str, Any]:
        return self.choose.choice([*words.items()])

    def _text(self) -> tuple[str, Any]:
        terms = []
        for _ in range(self.choose.choice([1, 1, 1, 2, 3])):
            text = self.choose.choice(searched(self.choose.choice(self.regions)))[1]
            start = self.choose.randrange(len(text))
            piece = text[start : start + self.choose.randint(1, 6)]
            terms.append(self._form(*FORMS, lambda text: text + self.choose.choice(nasty.SYNTAX))(piece))
        if self.choose.random() < 0.3:
            terms.append(self.choose.choice(nasty.TEXTS))
        if self.choose.random() < 0.2:
            names = self.choose.choice([self.programs, self.subcategories, self.prefectures])
            terms.append(
                self.choose.choice([self._year()[0], self.choose.choice(names[self.choose.choice(sorted(names))])])
            )
        if self.choose.random() < 0.2:
            terms.append(
                self.choose.choice(['"{}"', "＂{}＂", "“{} a”", "-{}", "－{}", '{}"', '"{}', "AND", "ＯＲ"]).format(
                    terms[0]
                )
            )
        q = self.choose.choice([" ", "\u3000", "  ", "\t"]).join(terms)
        return q, list(terms_of(q) or ())

    def _is_wrong_text(self, q: str, terms: list[str]) -> bool:
        return len(q) > 100 or not 0 < len(terms) <= 10 or sum(map(len, terms)) > 300

    def _nasty(self, name: str) -> bytes:
        """A value that this parameter never takes, as it stands in the target."""
        kind = self.choose.random()
        if kind < 0.2:
            return nasty.escaped(self.choose.choice(sorted(nasty.NOT_UTF8.values())))
        if kind < 0.3:
            return self.choose.choice(nasty.BROKEN_PERCENT)
        if kind < 0.35:
            return b""
        if name.startswith("fiscal_year"):
            values = [
                *nasty.TEXTS,
                *nasty.NO_INTEGER,
                "1885",
                "2200",
                "平成40",
                "昭和64",
                "09",
                "2009年",
                "FY９９",
                "H0",
            ]
        elif name in ("limit", "offset") or {*map(type, VALUES.get(name, ()))} == {int}:
            values = [*nasty.NO_INTEGER, *nasty.HUGE, "-1", *(["0"] if name != "offset" else ["10001"])]
        elif name == "q":
            values = ["%", "_", " ", "\u3000", "&", "-", "☃", "\0", "あ" * 101, "\ufdfa" * 21, "\u200b"]
        else:
            values = nasty.TEXTS
        wrong = [each for each in values if each not in self.words.get(name, ()) and len(each) < 1000]
        return self._encoded(self.choose.choice(wrong))

    def _encoded(self, text: str) -> bytes:
        return self.choose.choice(nasty.encodings(text))
