"""Test that a stored region is what is printed and added."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from app.db import tables
from app.schemas.records import Region
from seed import records

SEED = Path(__file__).parents[2] / "seed"
LIST = SEED / "source_list.txt"
BROCHURE = "https://docslib.org/doc/3755136/kurume-region-o-fukuoka-industrial-technology-center-fitc-v"


@pytest.fixture(scope="module")
def rows() -> list[records.Record]:
    return list(records.read(records.Files(LIST, SEED / "annotations.json")))


@pytest.fixture(scope="module")
def stored(rows: list[records.Record]) -> list[dict[str, Any]]:
    """The columns of the regions."""
    return [record.values for record in rows if record.table is tables.RegionRow]


def test_every_document_is_exactly_what_the_model_says(stored: list[dict[str, Any]]) -> None:
    assert len(stored) == 29
    for region in stored:
        document = Region.model_validate_json(region["document"], strict=True, extra="forbid")
        assert document.model_dump_json() == region["document"]  # the order of the keys as well


def test_every_document_says_what_is_printed(stored: list[dict[str, Any]], source: bytes) -> None:
    label = ""
    printed = [line.split("\t") for line in source.decode().split("\n") if "\t" in line]
    for row, (columns, region) in enumerate(zip(printed, stored, strict=True), 1):
        label = columns[0] or label
        span = re.fullmatch(r"(.+) \(H(\d+)-H(\d+)\)", columns[2])
        assert span
        document = json.loads(region["document"])
        start, end = 1988 + int(span[2]), 1988 + int(span[3])
        text = " ".join(part for part in (document["title"], document["theme"]) if part is not None)
        assert text == columns[4]
        assert document["subcategory"]["label"] == label
        assert f"{document['program']['name']} ({document['subcategory']['name']})" == label
        assert document["number"] == int(columns[1])
        assert document["name"] == span[1]
        assert document["fiscal_years_label"] == f"H{span[2]}-H{span[3]}"
        assert (document["fiscal_year_start"], document["fiscal_year_end"]) == (start, end)
        assert document["period"] == {"start": f"{start}-04-01", "end": f"{end + 1}-03-31"}
        assert document["source"] == {"page": int(columns[3][1:]), "page_label": columns[3], "row": row}


def test_the_columns_repeat_the_document(stored: list[dict[str, Any]]) -> None:
    for region in stored:
        document = json.loads(region["document"])
        keys = {"number", "name", "fiscal_year_start", "fiscal_year_end", "title", "theme"}
        assert {key: region[key] for key in keys} == {key: document[key] for key in keys}
        assert region["program_id"] == document["program"]["id"]
        assert region["subcategory_id"] == document["subcategory"]["id"]
        assert (region["row"], region["page"]) == (document["source"]["row"], document["source"]["page"])


def test_titles_end_where_the_judgement_says(stored: list[dict[str, Any]]) -> None:
    titles = {region["number"]: region["title"] for region in stored}
    assert titles[12] == "函館マリンバイオクラスター ~UMI(Universal Marine Industry)のグリーン・イノベーション~"
    assert titles[13] == "徳島 健康・医療クラスター"
    assert {number for number, title in titles.items() if title is None} == {*range(18, 30)}


def test_a_document_tells_our_own_reading_from_what_a_page_confirms(stored: list[dict[str, Any]]) -> None:
    added = json.loads((SEED / "annotations.json").read_bytes())
    codes = {region["number"]: region["prefectures"]["value"] for region in added["regions"]}
    assert {number for number, each in codes.items() if len(each) > 1} == {5, 7, 8}
    for region, annotated in zip(stored, added["regions"], strict=True):
        annotations = json.loads(region["document"])["annotations"]
        facts = {name: fact for name, fact in annotated.items() if isinstance(fact, dict)}
        if fields := annotated["research_fields"]:
            names = [added["research_fields_en"][field] for field in fields["value"]]
            ours = "製造技術" in fields["value"]
            facts["research_fields_en"] = {
                "value": [name["value"] for name in names],
                "status": "editorial" if ours else "confirmed",
                "evidence": [] if ours else [BROCHURE],
            }
        editorial = [name for name, fact in facts.items() if fact["status"] == "editorial"]
        confirming = {url for fact in facts.values() for url in fact.get("evidence", [])}
        assert sorted(annotations["editorial"]) == sorted(editorial)
        assert annotations["evidence"] == sorted(confirming)
        assert [each["code"] for each in annotations["prefectures"]] == codes[region["number"]]
        for name, fact in facts.items():
            assert name == "prefectures" or annotations[name] == fact["value"]
        told = {
            name: (group["status"], group["evidence"], group["source"])
            for group in annotations["provenance"]
            for name in group["fields"]
        }
        assert told == {
            name: (
                fact["status"],
                sorted(fact.get("evidence", [])),
                "GeoNames, CC BY 4.0" if name == "point" else None,
            )
            for name, fact in facts.items()
        }
        groups = [(group["status"], group["evidence"], group["source"]) for group in annotations["provenance"]]
        assert all(groups.count(group) == 1 for group in groups)
        not_facts = {"editorial", "evidence", "corrections", "provenance"}
        assert told.keys() == {name for name in annotations.keys() - not_facts if annotations[name] is not None}


def test_a_suspected_misprint_is_published_and_never_applied(rows: list[records.Record]) -> None:
    documents = [json.loads(record.values["document"]) for record in rows if record.table is tables.RegionRow]
    of_regions = {each["number"]: each["annotations"]["corrections"] for each in documents}
    label = "global-phase-1-label"
    assert {number: [each["id"] for each in found] for number, found in of_regions.items() if found} == {
        **{number: [label] for number in range(1, 7)},
        7: ["region-7-title", label],
        8: [label],
        9: [label, "region-9-name"],
        23: ["region-23-subcategory"],
    }
    assert {documents[number]["subcategory"]["label"] for number in range(9)} == {"グローバル型 (第Ⅰ期)"}
    assert documents[6]["title"] == "ほくろく健康創造クラスター"
    assert of_regions[7][0]["corrected"] == "ほくりく健康創造クラスター"
    links = [tuple(record.values.values()) for record in rows if record.table is tables.RegionCorrectionRow]
    of_label = [number for number, id_ in links if id_ == "global-phase-1-label"]
    assert of_label == [*range(1, 10)]
