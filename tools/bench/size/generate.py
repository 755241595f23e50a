"""Lists of any length in the layout of the ministry's, made of its own words, with some rare ones planted."""

import json
import random
import re
from pathlib import Path
from typing import Any, NamedTuple

SEED = Path(__file__).parents[3] / "seed"

PLANTED = {"鯨": 7, "狐火": 7, "蓮根餅": 7, "七宝焼窯": 7, "ガラパゴス": 7}
"""Words of 1 to 5 characters that the list does not have, and in how many regions each of them stands."""

FIRST_START, LAST_START, LONGEST = 14, 27, 5
"""Years of Heisei in which a region begins, and years it lasts at the most."""

PAUSE = re.compile(r"(?<=[のとをにたる・、])")


class Generated(NamedTuple):
    list: Path
    annotations: Path


class _Words(NamedTuple):
    names: list[str]
    titles: list[str]
    beginnings: list[str]
    endings: list[str]
    regions: list[dict[str, Any]]


def generate(folder: Path, count: int, seed: int = 29) -> Generated:
    """Write a list of so many regions and its annotations; equal arguments, equal files."""
    source = (SEED / "source_list.txt").read_text(encoding="utf-8")
    added = json.loads((SEED / "annotations.json").read_bytes())
    files = Generated(folder / f"list-{count}.txt", folder / f"annotations-{count}.json")
    choose = random.Random(seed)
    words = _words(source, added)
    planted = _plant(choose, count)
    parts = [part for part in re.split("\n\n", source.strip("\n")) if part]
    texts, labels = [part for part in parts if "\t" not in part], [each["label"] for each in added["subcategories"]]
    head = {name: value for name, value in added.items() if name not in ("regions", "corrections")}
    heading, programs, note = texts[0], (texts[1:3], texts[4:6]), texts[3]
    with files.list.open("w", encoding="utf-8") as listed, files.annotations.open("w", encoding="utf-8") as noted:
        noted.write(json.dumps(head, ensure_ascii=False)[:-1])
        noted.write(', "corrections": [], "regions": [\n')
        listed.write(f"\n\n{heading}")
        row = 0
        for index, program in enumerate(programs):
            listed.write("\n\n" + "\n\n".join(program) + "\n\n")
            own = [label for label in labels if label.startswith(program[0])]
            rows = []
            for label, share in zip(own, _shares(count, index), strict=True):
                rows += [(label if first == 0 else "") for first in range(share)]
            for position, label in enumerate(rows):
                row += 1
                line, region = _region(choose, words, row, titled=index == 0, extra=planted.get(row, ""))
                listed.write(f"{'' if position == 0 else chr(10)}{label}\t{line}")
                noted.write(("" if row == 1 else ",\n") + json.dumps(region, ensure_ascii=False))
            if index == 0:
                listed.write(f"\n\n{note}")
        noted.write("\n]}")
    return files


def _shares(count: int, program: int) -> tuple[int, int]:
    """Return how many regions the subcategories get, in the ratio of the ministry's list: 9, 8, 5, 7."""
    first, second, third = count * 9 // 29, count * 8 // 29, count * 5 // 29
    return (first, second) if program == 0 else (third, count - first - second - third)


def _words(source: str, added: dict[str, Any]) -> _Words:
    rows = [line.split("\t") for line in source.split("\n") if "\t" in line]
    themes = [row[4].removeprefix(f"{region['title']} ") for row, region in zip(rows, added["regions"], strict=True)]
    halves = [_halved(theme) for theme in themes]
    return _Words(
        [row[2].rpartition(" (")[0] for row in rows],
        [region["title"] for region in added["regions"] if region["title"]],
        [first for first, _ in halves if first],
        [second for _, second in halves],
        added["regions"],
    )


def _halved(text: str) -> tuple[str, str]:
    pieces = PAUSE.split(text)
    middle = len(pieces) // 2
    return "".join(pieces[:middle]).strip(), "".join(pieces[middle:]).strip()


def _plant(choose: random.Random, count: int) -> dict[int, str]:
    planted: dict[int, str] = {}
    for word, times in PLANTED.items():
        for row in choose.sample(range(1, count + 1), min(times, count)):
            planted[row] = planted.get(row, "") + word
    return planted


def _region(
    choose: random.Random, words: _Words, number: int, *, titled: bool, extra: str
) -> tuple[str, dict[str, Any]]:
    """Return the line of the list behind its label, and the annotations."""
    start = choose.randint(FIRST_START, LAST_START)
    end = min(start + choose.randrange(LONGEST), 30)
    title = choose.choice(words.titles) if titled else None
    theme = choose.choice(words.beginnings) + choose.choice(words.endings) + extra
    text = f"{title} {theme}" if title else theme
    line = f"{number}\t{choose.choice(words.names)} (H{start}-H{end})\tP{choose.randint(1, 400)}\t{text}"
    names, places = choose.choice(words.regions), choose.choice(words.regions)
    return line, {
        "number": number,
        "title": title,
        "theme_en": choose.choice(words.regions)["theme_en"],
        **{key: names[key] for key in ("name_kana", "name_romaji", "name_en", "municipalities")},
        **{key: choose.choice(words.regions)[key] if title else None for key in ("title_kana", "title_en")},
        **{key: places[key] for key in ("prefectures", "local_government_codes", "point")},
        **{key: places[key] for key in ("local_governments", "research_fields")},
    }
