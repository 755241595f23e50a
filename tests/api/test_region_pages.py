"""A page for each region, the pages of misprints and of changes, what search engines read."""

import json
import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin
from xml.etree import ElementTree

import httpx
import pytest

from app.http import messages
from app.http.field_selection import model_in
from app.pages import fields
from app.schemas.records import Region
from app.settings import Settings
from seed import changes
from tests.api.test_changes import OWN, arguments, copy, edit, without_region_29
from tests.api.test_pages import AS_A_BROWSER, PROBLEMS
from tests.conftest import fill
from tests.support.service import serving

NUMBERS = range(1, 30)
BASE = "https://data.example.jp/clusters"
PATHS = ["/regions/7", "/regions/7/en", "/regions/12", "/regions/18/en", "/regions/23/en", "/regions/29"]
LISTS = [f"/{name}{end}" for name in ("corrections", "changes") for end in ("", "/ja", "/en")]

JAPANESE = re.compile("[\u3001-\u30ff\u4e00-\u9fff]")
VOID = {"meta", "link", "br", "img", "input", "hr"}

HOSTILE = "</script><script>alert(1)</script>\"'&amp;{{7*7}}エリア"


class Reader(HTMLParser):
    """The texts of a page with their languages; `title` and data have none of their own."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[tuple[str, str]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self._open.append((tag, dict(attributes).get("lang") or (self._open[-1][1] if self._open else "")))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and self._open[-1][0] not in ("title", "script"):
            self.texts.append((data.strip(), self._open[-1][1]))


def text_of(html: str) -> str:
    return " ".join(text for text, _ in Reader(html).texts)


def leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the values in a record, each with its path without places in lists."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(f"{path}.{name}" if path else name, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(path, inner)
    elif value is not None:
        yield path, value


NOT_SHOWN = re.compile(
    r"links\.self|.*\.(id|code|field|certainty|editorial)|subcategory\.name|fiscal_year_(start|end)"
    r"|.*\.area\..*|.*\.provenance\.(fields|status)"
)
"""Keys of a region that a page says in other words: links, counts, a status beside each field, a label, a span."""


@pytest.mark.parametrize("number", NUMBERS)
def test_a_page_shows_everything_of_its_region(site: httpx.Client, number: int) -> None:
    region = site.get(f"/v1/regions/{number}").json()
    for path, other in ((f"/regions/{number}", "name_en"), (f"/regions/{number}/en", "name")):
        answer = site.get(path)
        assert answer.status_code == 200
        text = text_of(answer.text)
        for name, value in leaves("", region):
            if NOT_SHOWN.fullmatch(name) or name == f"annotations.prefectures.{other}":
                continue
            assert str(value) in text, (path, name)


@pytest.mark.parametrize("number", [1, 7, 18, 29])
def test_a_page_leads_to_neighbours_and_others_of_its_prefectures(site: httpx.Client, number: int) -> None:
    region = site.get(f"/v1/regions/{number}").json()
    codes = ",".join(each["code"] for each in region["annotations"]["prefectures"])
    same = {each["number"] for each in site.get("/v1/regions", params={"prefecture": codes}).json()["items"]}
    for end in ("", "/en"):
        links = re.findall(r'href="([^"]*)"', site.get(f"/regions/{number}{end}").text)
        targets = {urljoin(f"/regions/{number}{end}", unescape(link)) for link in links}
        around = {other for other in (number - 1, number + 1) if other in NUMBERS}
        expected = {f"/regions/{other}{end}" for other in (same | around) - {number}}
        pages = {each for each in targets if re.fullmatch(rf"/regions/\d+{end}", each)}
        assert pages - {f"/regions/{number}{end}"} == expected
        assert {f"/v1/regions/{number}.json", f"/v1/regions.csv?number={number}"} <= targets
        language = "en" if end else "ja"
        assert f"/?lang={language}&region={number}" in targets
        assert f"/?lang={language}&type={region['program']['id']}" in targets


@pytest.mark.parametrize(("number", "misprints"), [(7, 2), (8, 1), (9, 2), (10, 0), (23, 1)])
def test_a_page_tells_of_the_misprints_of_its_region_with_their_evidence(
    site: httpx.Client, number: int, misprints: int
) -> None:
    for end in ("", "/en"):
        html = site.get(f"/regions/{number}{end}").text
        assert html.count('class="misprint"') == misprints
        for each in site.get("/v1/corrections").json()["items"]:
            if each["id"] in str(site.get(f"/v1/regions/{number}").json()["annotations"]["corrections"]):
                assert all(f'href="{url}"' in html for url in each["evidence"])


@pytest.mark.parametrize(
    "path", ["/regions/30", "/regions/0", "/regions/07", "/regions/７", "/regions/x", "/regions/7/ja"]
)
def test_a_region_that_is_not_there_is_not_found(site: httpx.Client, path: str) -> None:
    answer = site.get(path, headers=AS_A_BROWSER)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert site.get(path).json()["type"] == "/problems/not-found"


def test_every_field_of_a_region_is_shown_or_said_in_other_words() -> None:
    names = {name for name in Region.model_fields if name not in ("annotations", "program", "subcategory")}
    annotations = model_in(Region.model_fields["annotations"].annotation)
    assert annotations
    names |= {f"annotations.{name}" for name in annotations.model_fields}
    names |= {"program.name", "subcategory.label"}
    others = {"number", "fiscal_year_start", "fiscal_year_end", "period", "matches", "links", "annotations"}
    others |= {f"annotations.{name}" for name in ("editorial", "evidence", "corrections", "provenance")}
    assert [each["path"] for each in fields.FIELDS if each["path"] not in names - others] == []
    assert names - others == {each["path"] for each in fields.FIELDS}


@pytest.mark.parametrize("path", [*PATHS, *LISTS, "/guide/en", "/terms/en", *PROBLEMS[:2], "/nowhere"])
def test_every_piece_of_a_page_has_its_language(site: httpx.Client, path: str) -> None:
    html = site.get(path, headers={**AS_A_BROWSER, "Accept-Language": "en"}).text
    for text, language in Reader(re.sub("<pre.*?</pre>", "", html, flags=re.DOTALL)).texts:
        assert not JAPANESE.search(text) or language.startswith("ja"), text
        assert JAPANESE.search(text) or not re.search("[a-z]{2,} [a-z]{2,} [a-z]{2,}", text) or language != "ja", text


@pytest.mark.parametrize("path", PATHS + LISTS)
def test_a_page_names_itself_and_its_translation(site: httpx.Client, sqlite_settings: Settings, path: str) -> None:
    with serving(sqlite_settings.model_copy(update={"public_base_url": BASE})) as public:
        for client, root in ((site, ""), (public, BASE)):
            html = client.get(path, headers={"Accept-Language": "ja"}).text
            links = [tag for name, tag in Reader(html).tags if name == "link"]
            head = {each.get("hreflang") or each["rel"]: urljoin(path, each["href"] or "") for each in links}
            ja, en = (root + each for each in ((path.removesuffix("/en"), path.removesuffix("/en") + "/en")))
            if "/regions/" not in path:
                name = path.split("/")[1]
                ja, en = f"{root}/{name}/ja", f"{root}/{name}/en"
            assert (head["ja"], head["en"]) == (ja, en)
            assert head["canonical"] == (en if path.endswith("/en") else ja)
            meta = {
                each.get("property") or each.get("name"): each["content"]
                for tag, each in Reader(html).tags
                if tag == "meta" and "content" in each
            }
            assert urljoin(path, meta["og:url"] or "") == head["canonical"]
            assert meta["description"] == meta["og:description"]
            assert meta["twitter:card"] == "summary_large_image"
            picture = urljoin(path, meta["og:image"] or "").removeprefix(root)
            image = client.get(picture)
            assert image.headers["content-type"] == "image/png"
            assert image.content[:8] == b"\x89PNG\r\n\x1a\n"
            assert [int.from_bytes(image.content[at : at + 4]) for at in (16, 20)] == [
                int(meta[f"og:image:{side}"] or 0) for side in ("width", "height")
            ]


def test_title_and_description_tell_pages_apart(site: httpx.Client) -> None:
    paths = [f"/regions/{number}{end}" for number in NUMBERS for end in ("", "/en")]
    pages = [site.get(path).text for path in paths]
    titles = [re.findall("<title>(.*?)</title>", html)[0] for html in pages]
    assert len(set(titles)) == len(paths)
    assert len({re.findall('name="description" content="(.*?)"', html)[0] for html in pages}) >= len(NUMBERS)


def data(html: str) -> dict[str, Any]:
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    found: dict[str, Any] = json.loads(block)
    return found


@pytest.mark.parametrize("number", [7, 18])
def test_a_page_describes_its_region_for_machines(site: httpx.Client, sqlite_settings: Settings, number: int) -> None:
    region = site.get(f"/v1/regions/{number}").json()
    with serving(sqlite_settings.model_copy(update={"public_base_url": BASE})) as public:
        described = data(public.get(f"/regions/{number}/en").text)
    assert described["@type"] == "ResearchProject"
    assert described["url"] == f"{BASE}/regions/{number}"
    assert described["description"] == region["theme"]
    names = {described["name"], *described["alternateName"]}
    printed = {region["name"], region["title"], region["annotations"]["name_en"], region["annotations"]["title_en"]}
    assert names == printed - {None}
    assert [each["identifier"] for each in described["areaServed"]] == [
        f"JP-{each['code']}" for each in region["annotations"]["prefectures"]
    ]
    record = described["subjectOf"]
    assert record["temporalCoverage"] == f"{region['period']['start']}/{region['period']['end']}"
    files = [each["contentUrl"].removeprefix(BASE) for each in record["distribution"]]
    assert files == [f"/v1/regions/{number}{suffix}" for suffix in (".json", ".geojson")]
    assert site.get(files[0]).json() == region
    geo = described["location"]["geo"]
    assert site.get(files[1]).json()["geometry"]["coordinates"] == [geo["longitude"], geo["latitude"]]


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A service whose newest edition withdrew region 29, renamed region 1 in English, and has a hostile theme."""
    folder = copy(tmp_path_factory.mktemp("second") / "seed")
    without_region_29(folder)
    listed = folder / "source_list.txt"
    region = "石川県央・北部エリア"
    assert region in listed.read_text()
    listed.write_text(listed.read_text().replace(region, HOSTILE))
    regions = json.loads((folder / "annotations.json").read_text())["regions"]
    regions[0]["name_en"]["value"] = "<b>Sapporo</b>"
    edit(folder, regions=regions, modified="2027-01-01")
    assert changes.main([str(OWN), str(folder)]) == 0
    url = f"sqlite:///{folder / 'second.sqlite'}"
    fill(url, *arguments(folder))
    with serving(Settings(database_url=url)) as client:
        yield client


def test_a_region_that_was_withdrawn_is_gone(second: httpx.Client) -> None:
    for path in ("/regions/29", "/regions/29/en"):
        answer = second.get(path, headers={**AS_A_BROWSER, "Accept-Language": "en"})
        assert answer.status_code == 410
        assert messages.DETAILS["gone"]["ja"] in answer.text
    assert "/regions/29" not in second.get("/sitemap.xml").text


def test_what_the_data_say_is_text_wherever_it_stands(second: httpx.Client) -> None:
    region = second.get("/v1/regions/18").json()
    assert region["name"] == HOSTILE
    for path in ("/regions/18", "/regions/18/en", "/regions/17", "/changes", "/sitemap.xml"):
        html = second.get(path).text
        assert "alert(1)</script>" not in html
        assert "49" not in html or "{{7*7}}" in html
    html = second.get("/regions/18").text
    assert html.count("<script") == 1
    assert HOSTILE in text_of(html)
    assert HOSTILE in data(html)["alternateName"] or data(html)["name"] == HOSTILE
    assert "<b>" not in second.get("/regions/1/en").text
    assert "&lt;b&gt;Sapporo" in second.get("/changes/ja").text


def test_the_page_of_changes_tells_each_edition_by_record_and_field(second: httpx.Client) -> None:
    for language, words in (("ja", "第 3 版"), ("en", "Edition 3")):
        html = second.get(f"/changes/{language}").text
        text = re.sub(r"\s+", " ", text_of(html))
        assert text.index(words) < text.index(words.replace("3", "2"))
        assert {"2027-01-01", "2026-11-24"} <= set(text.split())
        for each in second.get("/v1/changes").json()["items"]:
            for told in (each["field"], each["new"], each["old"]):
                assert told is None or "".join(str(told).split()) in "".join(text.split())
    assert text_of(second.get("/changes/ja").text).count("取り下げ") >= 1


def test_the_page_of_misprints_tells_every_one_with_its_evidence(site: httpx.Client) -> None:
    for end in ("/ja", "/en"):
        html = site.get(f"/corrections{end}").text
        for each in site.get("/v1/corrections").json()["items"]:
            for text in (each["printed"], each["likely"], each["corrected"]):
                assert text in text_of(html)
            assert all(f'href="{url}"' in html for url in each["evidence"])
            for number in each["applies_to"]["regions"]:
                assert f'href="../regions/{number}{end if end == "/en" else ""}"' in html


def test_the_sitemap_names_every_page_in_every_language_and_nothing_else(
    site: httpx.Client, sqlite_settings: Settings
) -> None:
    namespace = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
    with serving(sqlite_settings.model_copy(update={"public_base_url": BASE})) as public:
        answer = public.get("/sitemap.xml")
        assert answer.headers["content-type"] == "application/xml; charset=utf-8"
        pages = ElementTree.fromstring(answer.text).findall("s:url", namespace)
        addresses = [page.findtext("s:loc", "", namespace) for page in pages]
        assert len(set(addresses)) == len(addresses)
        expected = {f"/regions/{number}{end}" for number in NUMBERS for end in ("", "/en")}
        expected |= {
            f"/{name}/{each}" for name in ("guide", "terms", "corrections", "changes") for each in ("ja", "en")
        }
        expected |= {f"{name}?lang={each}" for name in ("/", "/docs", "/redoc", *PROBLEMS) for each in ("ja", "en")}
        assert {address.removeprefix(BASE) for address in addresses} == expected | {"/changelog"}
        for page in pages:
            others = [each.get("href") for each in page.findall("x:link", namespace)]
            assert set(others) <= set(addresses)
            assert page.findtext("s:loc", "", namespace) in others or "changelog" in page.findtext(
                "s:loc", "", namespace
            )
        assert public.get("/robots.txt").text.splitlines()[-1] == f"Sitemap: {BASE}/sitemap.xml"
    assert site.get("/robots.txt").text == "User-agent: *\nDisallow:\n"
    for address in addresses:
        assert site.get(address.removeprefix(BASE), headers=AS_A_BROWSER).status_code == 200
    relative = ElementTree.fromstring(site.get("/sitemap.xml").text).findtext("s:url/s:loc", "", namespace)
    assert relative == "?lang=ja"
