"""The parser of the list against mutated lists: it reads exactly what is printed, or names the line that is wrong."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seed.source import SourceError
from tests.data.test_seed_source import OTHER_LIST, parsed, printed
from tests.support import nasty

PIECES = [
    *(
        "\t",
        "\t\t",
        "\n",
        "\n\n",
        "\n\n\n",
        "\r\n",
        "\r",
        " ",
        "\u3000",
        "\u00a0",
        "\u2028",
        "\x0b",
        "\x0c",
        "\x1c",
        "\x85",
    ),
    *(
        "0",
        "1",
        "29",
        "30",
        "９",
        "H",
        "H19-H23",
        "(H19-H23)",
        " (H19-H23)",
        "S64",
        "R1",
        "P",
        "P10",
        "-",
        "(",
        ")",
        " (",
    ),
    *(
        "グローバル型",
        "都市エリア型",
        "グローバル型 (第Ⅰ期)",
        "第Ⅱ期",
        "試行型 (甲)",
        "\ufeff",
        "\0",
        "注",
        "\ud7ff",
        "\uffff",
    ),
]
raw_pieces = (
    (st.sampled_from(PIECES) | nasty.texts).map(lambda text: text.encode(errors="replace"))
    | st.sampled_from(sorted(nasty.NOT_UTF8.values()))
    | st.binary(max_size=4)
)


@st.composite
def mutated(draw: st.DrawFn, content: bytes) -> bytes:
    """One to four slips of bytes, of cells, of lines."""
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(
            st.sampled_from(["replace", "insert", "cell", "cell", "drop line", "repeat line", "swap lines", "cut"])
        )
        if kind in ("replace", "insert", "cut"):
            start = draw(st.integers(0, len(content)))
            end = start if kind == "insert" else draw(st.integers(start, min(len(content), start + 30)))
            content = content[:start] + (b"" if kind == "cut" else draw(raw_pieces)) + content[end:]
        elif kind == "cell":
            cells = re.split(rb"([\t\n])", content)
            cells[draw(st.integers(0, len(cells) - 1))] = draw(raw_pieces | st.sampled_from(cells))
            content = b"".join(cells)
        else:
            lines = content.split(b"\n")
            one, other = draw(st.tuples(*[st.integers(0, len(lines) - 1)] * 2))
            if kind == "drop line":
                del lines[one]
            elif kind == "repeat line":
                lines.insert(other, lines[one])
            else:
                lines[one], lines[other] = lines[other], lines[one]
            content = b"\n".join(lines)
    return content


def check(content: bytes, folder: Path) -> None:
    """Assert that nothing is lost silently, and that a `SourceError` says where, what and what instead."""
    try:
        items = parsed(content, folder)
    except SourceError as refused:
        said = re.fullmatch(r"line ([0-9]+): found (.+), expected (.+)", str(refused))
        assert said, str(refused)  # noqa: PT017  # both ends are right
        assert 1 <= int(said[1]) <= content.count(b"\n") + 2
        assert str(refused).isprintable()  # noqa: PT017  # both ends are right
    else:
        assert printed(items) == content


@given(data=st.data())
def test_the_mutated_list_parses_to_what_is_printed_or_its_line_is_named(
    source: bytes, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    check(data.draw(mutated(source)), tmp_path_factory.getbasetemp())


@given(content=mutated(OTHER_LIST))
def test_another_mutated_list_parses_to_what_is_printed_or_its_line_is_named(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    check(content, tmp_path_factory.getbasetemp())


@given(content=st.binary(max_size=200) | st.lists(raw_pieces, max_size=30).map(b"".join))
def test_what_is_no_list_at_all_is_refused_and_its_line_named(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    check(content, tmp_path_factory.getbasetemp())


def test_every_cell_of_the_list_exchanged_for_every_other_parses_to_what_is_printed_or_is_refused(
    tmp_path: Path,
) -> None:
    cells = re.split(rb"([\t\n])", OTHER_LIST)
    others = dict.fromkeys([*cells, *(piece.encode(errors="replace") for piece in PIECES[::2])])
    for position in range(0, len(cells), 2):  # between them are the separators
        for other in others:
            check(b"".join([*cells[:position], other, *cells[position + 1 :]]), tmp_path)
