"""The pages without a browser: what they link to, the samples of the guide, the headers."""

import json
import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest

from app.http import formats, problems
from app.pages import guide, layout
from app.routers import index

PAGES = ["/", "/guide", "/guide/ja", "/guide/en", "/terms", "/terms/ja", "/terms/en", "/changelog", "/docs", "/redoc"]
PROBLEMS = [f"/problems/{name}" for name in problems.TYPES]
AS_A_BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
POLICY_OF_DATA = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"

SAMPLE = re.compile(r'<code data-(run|reads)="(\w+)">(.*?)</code>', re.DOTALL)


@pytest.mark.parametrize("path", PAGES + PROBLEMS)
def test_every_link_of_a_page_leads_somewhere_here(site: httpx.Client, path: str) -> None:
    html = site.get(path, headers=AS_A_BROWSER).text
    for link in re.findall(r'(?:href|src|data-openapi)="([^"]*)"', html):
        target = urljoin(path, unescape(link).partition("#")[0])
        assert target.startswith("/"), link
        assert site.get(target).status_code == 200, link


@pytest.mark.parametrize("path", PAGES + PROBLEMS)
def test_a_page_is_html_under_a_strict_policy_without_inline_scripts_or_styles(site: httpx.Client, path: str) -> None:
    answer = site.get(path, headers=AS_A_BROWSER)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "frame-ancestors 'none'" in policy
    assert ("unsafe" in policy) == (path == "/redoc")
    assert not re.search(r"<style|\sstyle=|\son\w+=|https?://(?!schema\.org|127\.0\.0\.1:8000)", answer.text)
    scripts = re.findall(r"<script([^>]*)>", answer.text)
    assert all("src=" in script or "application/ld+json" in script for script in scripts)


@pytest.mark.parametrize(
    "path", ["/v1/regions", "/v1/regions.csv", "/nowhere", "/livez", "/explorer/main.js", "/guide"]
)
def test_every_answer_has_the_security_headers(site: httpx.Client, path: str) -> None:
    whole = site.get(path)
    fresh = site.get(path, headers={"If-None-Match": whole.headers.get("etag", "")})
    for answer in (whole, fresh, site.head(path), site.options(path)):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["permissions-policy"].startswith("camera=()")
        policies = answer.headers.get_list("content-security-policy")
        of_a_page = path == "/guide" and answer.request.method != "OPTIONS"
        assert policies == [layout.format_policy(layout.POLICY) if of_a_page else POLICY_OF_DATA]


def test_a_problem_is_a_page_for_browsers_and_json_for_others(site: httpx.Client) -> None:
    for name in problems.TYPES:
        page = site.get(f"/problems/{name}", headers=AS_A_BROWSER)
        data = site.get(f"/problems/{name}")
        assert data.headers["content-type"] == "application/json"
        for text in (*data.json()["title"].values(), *data.json()["explanation"].values()):
            assert text in unescape(page.text)
        assert {page.headers["vary"], data.headers["vary"]} == {"Accept, Accept-Encoding"}
    assert site.get("/problems/gone", headers={"Accept": "image/png"}).status_code == 406


ADDED_TO_LINKS = ["fbclid=x", "utm_source=x&utm_medium=%E5%8C%BB", "gclid", "x=%zz&=1&&", "limit=0&limit=0", "lang=fr"]


@pytest.mark.parametrize("path", PAGES + PROBLEMS + ["/llms.txt"])
def test_a_page_ignores_what_it_does_not_know(site: httpx.Client, path: str) -> None:
    plain = site.get(path, headers=AS_A_BROWSER)
    for query in ADDED_TO_LINKS:
        answer = site.get(f"{path}?{query}", headers=AS_A_BROWSER)
        assert (answer.status_code, answer.headers["etag"], answer.content) == (
            200,
            plain.headers["etag"],
            plain.content,
        )
    assert site.get(f"{path}?utm_source={'x' * 8_192}", headers=AS_A_BROWSER).status_code == 414


@pytest.mark.parametrize("path", ["/guide", "/terms"])
def test_a_page_is_in_the_language_that_lang_names(site: httpx.Client, path: str) -> None:
    for language, other in (("ja", "en"), ("en", "ja")):
        expected = site.get(f"{path}", headers={"Accept-Language": language})
        escaped = "".join(f"%{ord(letter):x}" for letter in language)
        for query in (f"lang={language}", f"utm_source=x&lang={language}&lang={other}", f"fbclid&l%61ng={escaped}"):
            answer = site.get(f"{path}?{query}", headers={"Accept-Language": other})
            assert (answer.content, answer.headers["vary"]) == (expected.content, "Accept-Encoding"), query
        named = site.get(f"{path}/{other}?lang={language}")
        assert named.content == site.get(f"{path}/{other}").content


@pytest.mark.parametrize(("accept_language", "title"), [("ja", "使い方"), ("en", "Guide"), ("", "Guide")])
def test_the_guide_comes_in_the_preferred_language(site: httpx.Client, accept_language: str, title: str) -> None:
    answer = site.get("/guide", headers={"Accept-Language": accept_language})
    assert f"<h1>{title}</h1>" in answer.text
    assert answer.headers["vary"] == "Accept-Language, Accept-Encoding"
    assert site.get("/guide/fr").status_code == 404


def samples(site: httpx.Client, language: str, how: str) -> list[tuple[str, str]]:
    html = site.get(f"/guide/{language}").text
    base = str(site.base_url).rstrip("/")
    return [
        (kind, unescape(code).replace(guide.EXAMPLE_BASE_URL, base))
        for h, kind, code in SAMPLE.findall(html)
        if h == how
    ]


def test_both_guides_have_the_same_samples_and_all_of_them(site: httpx.Client) -> None:
    japanese, english = (samples(site, each, "run") + samples(site, each, "reads") for each in ("ja", "en"))
    assert japanese == english
    assert {kind for kind, _ in japanese} == {"sh", "python", "javascript", "pandas", "R", "excel"}


def test_the_samples_of_the_guide_run(site: httpx.Client, tmp_path: Path) -> None:
    python = [sys.executable, "-Xutf8", "-c"]
    programs = {"sh": ["bash", "-euc"], "python": python, "pandas": python}  # JavaScript runs in `test_docs`
    said: dict[str, str] = {}
    for kind, code in samples(site, "ja", "run"):
        if kind in programs:
            ran = subprocess.run([*programs[kind], code], cwd=tmp_path, capture_output=True, text=True, timeout=60)
            assert ran.returncode == 0, ran.stderr
            said[kind] = said.get(kind, "") + ran.stdout
    assert json.loads(said["sh"])["total"] == 3
    assert "11 久留米地域 H21-H25" in said["python"].splitlines()
    assert "グローバル型 (第Ⅰ期)" in said["pandas"]
    assert (tmp_path / "regions.csv").read_text("utf-8-sig").startswith("number,")


def test_what_the_other_samples_read_is_there(site: httpx.Client) -> None:
    for kind, code in samples(site, "en", "reads"):
        (url,) = re.findall(r'"(http[^"]+)"', code)
        header = site.get(url).text.lstrip("\N{ZERO WIDTH NO-BREAK SPACE}").splitlines()[0].split(",")
        columns = set(re.findall(r"(?:\$|\[?\"|=\")((?:subcategory|fiscal|number)\w*)", code))
        assert columns <= set(header), kind


def test_the_explorer_describes_the_data_set_for_machines_as_the_api_does(site: httpx.Client) -> None:
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', site.get("/").text, re.DOTALL)
    assert block
    described = json.loads(block[1])
    dataset = site.get("/v1/dataset").json()
    assert described["@type"] == "Dataset"
    assert described["name"] == dataset["title"]
    assert described["creator"]["name"] == dataset["publisher"]
    years = site.get("/v1/fiscal-years").json()["items"]
    assert described["temporalCoverage"] == f"{years[0]['start']}/{years[-1]['end']}"
    urls = [f"/{each['contentUrl']}" for each in described["distribution"]]
    assert urls == [f"/v1/regions{form.suffix}" for form in formats.OF_LISTS]  # those of no version in particular
    assert {site.get(url).status_code for url in urls} == {200}


def test_the_index_links_every_page(site: httpx.Client) -> None:
    links = site.get("/v1").json()["links"]
    for name, path in index.PAGES.items():
        assert links[name] == path
        assert site.get(path).status_code == 200
