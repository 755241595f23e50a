"""The list is parsed strictly: what does not fit is named with its line, what was found and what was expected."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seed.source import FORMULAS, Heading, Item, Note, Program, Row, SourceError, Subcategory, read

GLOBAL_FORM = "a label that has not been before, of the form “グローバル型 (…)”"
NAME_FORM = "a name and its fiscal years: “name (Hnn-Hnn)”"
PROGRAM_FORM = "the name of a programme, its purpose, then its rows"
END_FORM = "rows after the name and the purpose of a programme"
CONTROL = "no control or format characters"
EDGE = "no space at the beginning or end"

HEADING = "地域クラスターの持続的な発展に向けて（継続地域一覧）"
ROW_1 = "グローバル型 (第Ⅰ期)\t1\t札幌周辺を核とする道央地域 (H19-H23)\tP10\t題 主題"
ROW_6 = "\t6\t福岡・北九州・飯塚地域 (H19-H23)\tP26\t"
TEXT_6 = "福岡先端システムLSI開発クラスター 世界をリードする先端システムLSI開発拠点の形成"
TEXT_13 = "徳島 健康・医療クラスター 「世界レベルの糖尿病研究開発臨床拠点」の形成"
PURPOSE_2_BEGINS = "大学等の「知」を活用して"

MUTATIONS = [
    # old, new, line, found, expected; each old text stands once in the list
    ("\t2\t広域仙台", "2\t広域仙台", 10, "2", GLOBAL_FORM),
    (ROW_6 + TEXT_6, ROW_6 + "\t" + TEXT_6, 14, ROW_6[1:] + "\t" + TEXT_6, "4 tabs, not 5"),
    (ROW_6 + TEXT_6, ROW_6[:-1] + " " + TEXT_6, 14, ROW_6[1:-1] + " " + TEXT_6, "4 tabs, not 3"),
    ("グローバル型 (第Ⅰ期)\t1\t", "グローバル型 (第Ⅱ期\t1\t", 9, "グローバル型 (第Ⅱ期", GLOBAL_FORM),
    ("グローバル型 (グローバル拠点育成)", "都市エリア型 (育成)", 18, "都市エリア型 (育成)", GLOBAL_FORM),
    ("グローバル型 (グローバル拠点育成)", "グローバル型 (第Ⅰ期)", 18, "グローバル型 (第Ⅰ期)", GLOBAL_FORM),
    ("グローバル型 (グローバル拠点育成)", "グローバル型（育成）", 18, "グローバル型（育成）", GLOBAL_FORM),
    ("札幌周辺", "\udcff幌周辺", 9, "FF", "UTF-8"),
    ("札幌周辺", "\udce6\udc9c幌周辺", 9, "E6 9C", "UTF-8"),
    ("びわこ南部", "ひ\u3099わこ南部", 25, "ひ\u3099わこ南部地域 (H22-H24)", "Unicode in normal form C"),
    ("びわこ南部", "びわ\x00こ南部", 25, "\x00", CONTROL),
    ("びわこ南部", "びわこ南部\r", 25, "\r", CONTROL),
    ("びわこ南部", "びわ\u200bこ南部", 25, "\u200b", CONTROL),
    ("びわこ南部", "びわ\u2028こ南部", 25, "\u2028", CONTROL),
    ("びわこ南部", "びわ\ue000こ南部", 25, "\ue000", CONTROL),
    ("\n\n地域クラスター", "\n地域クラスター", 2, "1 blank lines before it", "2"),
    ("\n\n地域クラスター", "\n\n\n地域クラスター", 4, "3 blank lines before it", "2"),
    ("\n\n地域クラスター", "\n\n\ufeff地域クラスター", 3, "\ufeff", CONTROL),
    ("\n\n地域クラスター", f"\n\n{ROW_1}\n\n地域クラスター", 3, ROW_1, "the heading"),
    ("\n\t2\t", "\n\n\t2\t", 11, "1 blank lines before it", "0"),
    ("\n\t2\t", "\n \n\t2\t", 10, " ", EDGE),
    ("\n\nグローバル型 (第", "\nグローバル型 (第", 8, "0 blank lines before it", "1"),
    ("\t2\t広域仙台", "\t4\t広域仙台", 11, "3", "a number above 4"),
    ("\t3\t長野", "\t2\t長野", 11, "2", "a number above 2"),
    ("\t3\t長野", "\t03\t長野", 11, "03", "the number of a region"),
    ("\t3\t長野", "\t３\t長野", 11, "３", "the number of a region"),
    ("\t3\t長野", "\t\t長野", 11, "", "the number of a region"),
    ("東海広域 (H20-H24)", "東海広域 (H24-H20)", 16, "H24-H20", "a span that does not end before it begins"),
    ("東海広域 (H20-H24)", "東海広域 (H20-H40)", 16, "H20-H40", "fiscal years that exist"),
    ("東海広域 (H20-H24)", "東海広域 (S64-H24)", 16, "S64-H24", "fiscal years that exist"),
    ("東海広域 (H20-H24)", "東海広域 (X20-X24)", 16, "X20-X24", "fiscal years that exist"),
    ("東海広域 (H20-H24)", "東海広域 (H20)", 16, "東海広域 (H20)", NAME_FORM),
    ("東海広域 (H20-H24)", "東海広域  (H20-H24)", 16, "東海広域  (H20-H24)", NAME_FORM),
    ("東海広域 (H20-H24)", "東海広域 (h20-h24)", 16, "東海広域 (h20-h24)", NAME_FORM),
    ("東海広域 (H20-H24)", "(H20-H24)", 16, "(H20-H24)", NAME_FORM),
    ("\tP44\t", "\t44\t", 38, "44", "a page: “Pnn”"),
    ("\tP44\t", "\tP0\t", 38, "P0", "a page: “Pnn”"),
    ("\tP44\t", "\tp.44\t", 38, "p.44", "a page: “Pnn”"),
    (TEXT_6, "", 14, "", "a theme"),
    (TEXT_6, "\u3000", 14, "\u3000", EDGE),
    (TEXT_13, f"{TEXT_13} ", 21, f"{TEXT_13} ", EDGE),
    (TEXT_13, f" {TEXT_13}", 21, f" {TEXT_13}", EDGE),
    *((TEXT_6, f"{sign}{TEXT_6}", 14, f"{sign}{TEXT_6}", f"no {sign} at the beginning") for sign in FORMULAS),
    ("びわこ南部", "=びわこ南部", 25, "=びわこ南部地域 (H22-H24)", "no = at the beginning"),
    (f"\n\n{HEADING}", f"\n\n@{HEADING}", 3, f"@{HEADING}", "no @ at the beginning"),
    ("グローバル型 (第Ⅰ期)", "グローバル型 (-第Ⅰ期)", 9, "-第Ⅰ期", "no - at the beginning"),
    ("都市エリア型\n\n", "", 31, "都市エリア型 (一般)", "a label that has not been before, of the form “"),
    ("都市エリア型\n\n", "注\n\n都市エリア型\n\n", 29, "注", PROGRAM_FORM),
    ("グローバル型\n\n産学官連携", f"{ROW_1}\n\n産学官連携", 5, ROW_1, PROGRAM_FORM),
]


def check(content: bytes, line: int, found: str, expected: str, folder: Path) -> None:
    with pytest.raises(SourceError) as refused:
        parsed(content, folder)
    assert str(refused.value).startswith(f"line {line}: found {found!r}, expected {expected}")


def parsed(content: bytes, folder: Path) -> list[Item]:
    path = folder / "list.txt"
    path.write_bytes(content)
    return list(read(path))


def printed(items: Iterable[Item]) -> bytes:
    """The parts put together again, as a second way to know what was parsed."""
    lines = ["", ""]
    label = ""
    for item in items:
        match item:
            case Heading(text) | Note(text):
                lines += [text, ""]
            case Program(name, purpose):
                lines += [name, "", purpose, ""]
            case Subcategory():
                label = item.label
            case Row():
                if lines[-2].count("\t") == 4:
                    lines.pop()
                name = f"{item.name} ({item.fiscal_years_label})"
                lines += ["\t".join((label, str(item.number), name, item.page_label, item.text)), ""]
                label = ""
    return "\n".join(lines[:-1]).encode()


OTHER_LIST = (
    "\n\nほかの一覧\n\n試行型\n\n試行します。\n\n"
    "試行型 (甲)\t3\t東の地域 (S63-H1)\tP7\t東の題 東の主題\n"
    "\t12\t西の地域 (H31-R3)\tP5\t西の題 西の主題\n"
    "試行型 (乙)\t13\t北の地域 (R1-R1)\tP105\t北の題 北の主題\n\n"
    "最後に注。"
).encode()
"""A list of the same layout: one programme, another era, numbers with gaps, the note at the end."""


def test_the_list_is_29_rows_with_their_labels_carried_down(source: bytes, tmp_path: Path) -> None:
    items = parsed(source, tmp_path)
    rows = [item for item in items if isinstance(item, Row)]
    assert [row.number for row in rows] == [row.row for row in rows] == [*range(1, 30)]
    assert Counter(row.subcategory.label for row in rows) == {
        "グローバル型 (第Ⅰ期)": 9,
        "グローバル型 (グローバル拠点育成)": 8,
        "都市エリア型 (一般)": 5,
        "都市エリア型 (発展)": 7,
    }
    assert all(row.subcategory.label == f"{row.subcategory.program} ({row.subcategory.name})" for row in rows)
    spans = Counter((row.fiscal_year_start, row.fiscal_year_end) for row in rows)
    assert spans == {(2007, 2011): 6, (2008, 2012): 3, (2009, 2011): 7, (2009, 2013): 6, (2010, 2012): 7}
    assert sorted(row.page for row in rows) == [*range(10, 43, 2), *range(44, 56)]
    assert (rows[8].name, rows[8].fiscal_years_label, rows[8].page_label) == (
        "京都 およびけいはんな学研地域",
        "H20-H24",
        "P22",
    )


def test_what_is_parsed_prints_the_list_again(source: bytes, tmp_path: Path) -> None:
    items = parsed(source, tmp_path)
    kinds = Counter(type(item) for item in items)
    assert kinds == {Heading: 1, Program: 2, Subcategory: 4, Row: 29, Note: 1}
    assert printed(items) == source


def test_another_list_of_the_same_layout_parses(tmp_path: Path) -> None:
    items = parsed(OTHER_LIST, tmp_path)
    rows = [item for item in items if isinstance(item, Row)]
    assert printed(items) == OTHER_LIST
    assert items[-1] == Note("最後に注。")
    assert [
        (row.number, row.fiscal_year_start, row.fiscal_year_end, row.page, row.subcategory.name) for row in rows
    ] == [
        (3, 1988, 1989, 7, "甲"),
        (12, 2019, 2021, 5, "甲"),
        (13, 2019, 2019, 105, "乙"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "found", "expected"), MUTATIONS, ids=[f"{case[2]} {case[4][:20]}" for case in MUTATIONS]
)
def test_a_flaw_is_named_with_its_line(
    source: bytes, tmp_path: Path, old: str, new: str, line: int, found: str, expected: str
) -> None:
    text = source.decode()
    assert text.count(old) == 1
    check(text.replace(old, new).encode(errors="surrogateescape"), line, found, expected, tmp_path)


@pytest.mark.parametrize(
    ("before", "line", "found", "expected"),
    [
        ("", 1, "the end of the file", "two blank lines, then the heading"),
        ("\n\n", 3, "the end of the file", "two blank lines, then the heading"),
        ("\n\n地域クラスターの持続的な発展に向けて（継続地域一覧）", 3, "the end of the file", END_FORM),
        (f"{PURPOSE_2_BEGINS}新技術シーズ", 31, f"{PURPOSE_2_BEGINS}新技術シーズ", END_FORM),
        ("\t27\t弘前エリア (H22-H24)\tP5", 42, "27\t弘前エリア (H22-H24)\tP5", "4 tabs"),
        ("\t29\t米子・境港エリア (H22-H24)\tP55\t", 44, "", "a theme"),
        ("研究拠点形成\n", 44, "a newline at its end", "none at the end"),
        ("研究拠点形成\n\n注", 46, "注", END_FORM),
    ],
)
def test_a_file_that_ends_too_early_or_too_late_is_refused(
    source: bytes, tmp_path: Path, before: str, line: int, found: str, expected: str
) -> None:
    text = f"{source.decode()}\n\n注"
    end = text.rindex(before) + len(before) if before.strip() else len(before)
    check(text[:end].encode(), line, found, expected, tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "line", "found", "expected"),
    [
        (b"\n", b"\r\n", 1, "\r", CONTROL),
        (b"\n\t", b"\n    ", 10, "    2", EDGE),
        (b"\n\n", b"\n", 2, "1 blank lines before it", "2"),
        ("グローバル型 (第Ⅰ期)".encode(), b"", 9, "\t1\t", "a subcategory label in the first row of a programme"),
    ],
)
def test_a_flaw_of_the_whole_file_is_named_where_it_shows_first(
    source: bytes, tmp_path: Path, old: bytes, new: bytes, line: int, found: str, expected: str
) -> None:
    with pytest.raises(SourceError, match=f"^line {line}: ") as refused:
        parsed(source.replace(old, new), tmp_path)
    assert f"expected {expected}" in str(refused.value)
    assert repr(found)[:-1] in str(refused.value)


@settings(max_examples=600, deadline=None)
@given(data=st.data())
def test_a_single_wrong_byte_parses_to_what_is_printed_or_is_a_source_error(
    source: bytes, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    position = data.draw(st.integers(0, len(source) - 1))
    byte = data.draw(st.integers(0, 255) | st.sampled_from(b"\t\n\r 0129HMSTRP()-\x00\xff"))
    content = source[:position] + bytes([byte]) + source[position + 1 :]
    try:
        items = parsed(content, tmp_path_factory.getbasetemp())
    except SourceError as refused:
        assert str(refused).startswith("line ")  # noqa: PT017  # both ends are right
    else:
        assert printed(items) == content


def test_every_small_slip_in_a_short_list_parses_to_what_is_printed_or_is_a_source_error(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    for position in range(len(OTHER_LIST)):
        before, byte, after = OTHER_LIST[:position], OTHER_LIST[position : position + 1], OTHER_LIST[position + 1 :]
        for slip in (b"", byte * 2, *(bytes([each]) for each in b"\t\n\r 019HPR()-\x00\xe3")):
            path.write_bytes(before + slip + after)
            try:
                items = [*read(path)]
            except SourceError:
                continue
            assert printed(items) == before + slip + after
