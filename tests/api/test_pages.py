"""The pages without a browser: what they link to, the samples of the guide, the headers."""

import json
import re
import shutil
import subprocess
import sys
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest

from app.http import problems
from app.pages import bundle, layout
from app.pages.bundle import BUNDLE, FILES
from app.routers import index
from app.routers.regions.parameters import RegionQuery
from app.settings import Settings
from tests.support.service import serving

PAGES = [
    *("/", "/changelog", "/docs", "/redoc", "/regions/7", "/regions/7/en", "/regions/18/en"),
    *(f"/{name}{end}" for name in ("guide", "terms", "corrections", "changes") for end in ("", "/ja", "/en")),
]
PROBLEMS = [f"/problems/{name}" for name in problems.TYPES]
AS_A_BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
POLICY_OF_DATA = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"

SAMPLE = re.compile(r'<code data-(run|reads)="(\w+)">(.*?)</code>', re.DOTALL)
ADDRESS = "<span data-address>https://cluster-regions.example</span>"
"""What stands in the samples until a script puts the address of the page there."""


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES + PROBLEMS)
def test_every_link_of_a_page_leads_somewhere_here(site: httpx.Client, path: str) -> None:
    html = site.get(path, headers=AS_A_BROWSER).text
    own = re.sub(r'<a href="https?://[^"]*" rel="noreferrer external">', "", html)  # evidence
    for link in re.findall(r'(?:href|src|data-openapi)="([^"]*)"', own):
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
    assert not re.search(r"<style|\sstyle=|\son\w+=|<(link|script|img)[^>]*https?://", answer.text)
    scripts = re.findall(r"<script([^>]*)>", answer.text)
    assert all("src=" in script or re.search(r"application/(ld[+])?json", script) for script in scripts)


@pytest.mark.parametrize(
    "path", ["/v1/regions", "/v1/regions.csv", "/nowhere", "/livez", f"/explorer/{BUNDLE.hashed('main.js')}", "/guide"]
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


@pytest.mark.parametrize("path", PROBLEMS)
def test_the_page_of_a_problem_links_every_other_one(site: httpx.Client, path: str) -> None:
    html = site.get(path, headers=AS_A_BROWSER).text.partition("<main>")[2].partition("</main>")[0]
    linked = {urljoin(path, href) for href in re.findall('href="([^"]*)"', html)}
    assert {each for each in linked if each.startswith("/problems/")} == {*PROBLEMS} - {path}


def test_a_problem_is_a_page_for_browsers_and_json_for_others(site: httpx.Client) -> None:
    for name in problems.TYPES:
        page = site.get(f"/problems/{name}", headers=AS_A_BROWSER)
        data = site.get(f"/problems/{name}")
        assert data.headers["content-type"] == "application/json"
        for text in (*data.json()["title"].values(), *data.json()["explanation"].values()):
            assert text in unescape(re.sub(r"</?code>", "`", page.text))
        assert page.headers["vary"] == "Accept, Accept-Language, Accept-Encoding"
        assert data.headers["vary"] == "Accept, Accept-Encoding"
    assert site.get("/problems/gone", headers={"Accept": "image/png"}).status_code == 406


ADDED_TO_LINKS = [
    "fbclid=x",
    "utm_source=x&utm_medium=%E5%8C%BB",
    "gclid",
    "x=%zz&=1&&",
    "per_page=0&per_page=0",
    "lang=fr",
]


@pytest.mark.parametrize("path", PAGES + PROBLEMS + ["/llms.txt"])
def test_a_page_ignores_what_it_does_not_know(site: httpx.Client, path: str) -> None:
    plain = site.get(path, headers=AS_A_BROWSER)
    for query in ADDED_TO_LINKS:
        if path == "/" and query.startswith("limit="):  # which knows the parameters of the list
            continue
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
    html = site.get(f"/guide/{language}").text.replace(ADDRESS, str(site.base_url).rstrip("/"))
    return [(kind, unescape(code)) for h, kind, code in SAMPLE.findall(html) if h == how]


def test_the_samples_have_the_public_address_or_that_of_the_page_and_no_other(
    site: httpx.Client, sqlite_settings: Settings
) -> None:
    for language in ("ja", "en"):
        html = site.get(f"/guide/{language}").text
        assert html.count(ADDRESS) == len(SAMPLE.findall(html))
        assert "127.0.0.1" not in html
    base = "https://data.example.jp/clusters"
    with serving(sqlite_settings.model_copy(update={"public_base_url": base})) as public:
        html = public.get("/guide/ja").text
        assert html.count(f"{base}/v1/regions") == len(SAMPLE.findall(html))
        assert "cluster-regions.example" not in html


def test_both_guides_have_the_same_samples_and_all_of_them(site: httpx.Client) -> None:
    japanese, english = (samples(site, each, "run") + samples(site, each, "reads") for each in ("ja", "en"))
    assert japanese == english
    assert {kind for kind, _ in japanese} == {"sh", "python", "javascript", "pandas", "R", "excel"}


@pytest.mark.slow
def test_the_samples_of_the_guide_run(site: httpx.Client, tmp_path: Path) -> None:
    python = [sys.executable, "-Xutf8", "-c"]
    programs = {"sh": ["bash", "-euc"], "python": python, "pandas": python}  # JavaScript runs in `test_docs`
    said: dict[str, list[str]] = {}
    for kind, code in samples(site, "ja", "run"):
        if kind in programs:
            ran = subprocess.run([*programs[kind], code], cwd=tmp_path, capture_output=True, text=True, timeout=60)
            assert ran.returncode == 0, ran.stderr
            said.setdefault(kind, []).append(ran.stdout)
    assert json.loads(said["sh"][0])["total"] == 3
    assert "11 久留米地域 H21-H25" in said["python"][0].splitlines()
    counts, pairs = said["pandas"]
    assert "グローバル型 (第Ⅰ期)" in counts
    assert pairs.splitlines()[0].startswith("number,name,annotations_prefectures_code,")
    assert [line for line in pairs.splitlines() if line.startswith(("1,", "7,"))] == [
        "1,札幌周辺を核とする道央地域,01,北海道",
        "7,富山・石川地域,16,富山県",
        "7,富山・石川地域,17,石川県",
    ]
    assert (tmp_path / "regions.csv").read_text("utf-8-sig").startswith("number,")


def test_what_the_other_samples_read_is_there(site: httpx.Client) -> None:
    for kind, code in samples(site, "en", "reads"):
        (url,) = re.findall(r'"(http[^"]+)"', code)
        header = site.get(url).text.lstrip("\N{ZERO WIDTH NO-BREAK SPACE}").splitlines()[0].split(",")
        columns = set(re.findall(r"(?:\$|\[?\"|=\"|c\()((?:subcategory|fiscal|number|annotations)\w*)", code))
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
    assert urls == [f"/v1/regions{form.suffix}" for form in RegionQuery.formats]  # those of no version in particular
    assert {site.get(url).status_code for url in urls} == {200}


def test_the_index_links_every_page(site: httpx.Client) -> None:
    for language in ("en", "ja"):
        links = site.get("/v1", params={"lang": language}).json()["links"]
        for name, path in index.PAGES.items():
            assert links[name] == path + f"?lang={language}" * (name in index.LOCALISED)
            answer = site.get(links[name], headers={"Accept-Language": "en"})
            assert answer.status_code == 200
            assert name not in index.LOCALISED or answer.headers["Content-Language"] == language


@pytest.mark.parametrize("path", PAGES + PROBLEMS)
@pytest.mark.parametrize("query", ["fbclid=x", "utm_source=x&lang=ja", "lang=ja", "lang=fr", "%zz", "&", "nope"])
def test_a_page_is_there_behind_a_shared_link(site: httpx.Client, path: str, query: str) -> None:
    assert site.get(f"{path}?{query}", headers=AS_A_BROWSER).status_code == 200


@pytest.mark.parametrize("path", ["/guide", "/terms", "/corrections", "/changes", "/docs", "/redoc", "/problems/gone"])
def test_a_page_has_the_language_of_the_parameter_else_the_preferred_one(site: httpx.Client, path: str) -> None:
    for query, accepted, language in (("?lang=en", "ja", "en"), ("?lang=ja&x=1", "en", "ja"), ("", "ja", "ja")):
        answer = site.get(path + query, headers={**AS_A_BROWSER, "Accept-Language": accepted})
        assert f'<html lang="{language}">' in answer.text
        assert answer.headers["content-language"] == language
        assert ("Accept-Language" in answer.headers["vary"]) == (query == "")


@pytest.mark.parametrize("path", PAGES[1:] + PROBLEMS + ["/nowhere"])
def test_every_page_has_the_same_header_and_leads_home(site: httpx.Client, path: str) -> None:
    for accepted, words in (("ja", ["継続地域一覧", "使い方", "利用条件", "API"]), ("en", [])):
        html = site.get(path, headers={**AS_A_BROWSER, "Accept-Language": accepted}).text
        links = re.search(r'<nav class="links"[^>]*>(.*?)</nav>', html, re.DOTALL)
        assert links
        targets = [urljoin(path, target) for target in re.findall(r'href="([^"]*)"', links[1])]
        language = re.findall('<html lang="(.*?)">', html)[0]
        assert targets == [f"/?lang={language}", f"/guide/{language}", f"/terms/{language}", f"/docs?lang={language}"]
        if words and language == "ja":
            assert re.findall(r">(.*?)</a>", links[1]) == words


def test_the_page_of_the_changelog_has_every_word_of_the_file(site: httpx.Client) -> None:
    article = site.get("/changelog").text.partition("<main>")[2].partition("</main>")[0]
    shown = unescape(re.sub("<[^>]*>", " ", article))
    written = (Path(__file__).parents[2] / "CHANGELOG.md").read_text(encoding="utf-8")
    words = re.compile(r"[A-Za-z]{2,}")
    assert [*words.findall(written)][1:] == words.findall(shown)[-len(words.findall(written)) + 1 :]


def test_words_in_japanese_in_the_changelog_have_their_language(site: httpx.Client) -> None:
    article = site.get("/changelog").text.partition("<main>")[2].partition("</main>")[0]
    spans = re.compile('<span lang="ja">[^<]*</span>')
    assert "地方" in "".join(spans.findall(article))
    assert re.findall("<code>[^<]*<span", article)  # in samples, too
    assert not re.search("[\u3040-\u9fff]", spans.sub("", article))


@pytest.mark.parametrize("path", PAGES + PROBLEMS)
def test_no_page_shows_a_backtick(site: httpx.Client, path: str) -> None:
    html = site.get(path, headers=AS_A_BROWSER).text
    assert "`" not in re.sub(r"<pre.*?</pre>", "", html, flags=re.DOTALL)  # a sample may have them


WRONG = [
    ("prefecture=99&q=bio", "q=bio"),
    ("q=%26%26&sort=relevance&number=7", "number=7"),
    ("q=%zz&q=a&type=global", "type=global"),
    ("fiscal_year_from=2013&fiscal_year_to=2012", "fiscal_year_to=2012"),
    ("limit=1000&offset=-1&type=global", "type=global"),
    ("type=global&number=" + ",".join(["x"] * 30) + "&prefecture=" + ",".join(["x"] * 30), "type=global"),
]


@pytest.mark.parametrize(("asked", "right"), WRONG)
def test_the_explorer_says_what_is_wrong_over_what_is_right(site: httpx.Client, asked: str, right: str) -> None:
    for language in ("ja", "en"):
        headers = {**AS_A_BROWSER, "Accept-Language": language}
        page, plain = site.get(f"/?{asked}", headers=headers), site.get(f"/?{right}", headers=headers)
        assert (page.status_code, plain.status_code) == (422, 200)
        assert page.headers["cache-control"] == "no-store"
        assert "etag" not in page.headers
        assert page.headers["content-language"] == language
        assert page.headers["vary"] == "Accept, Accept-Language, Accept-Encoding"
        for name in ("content-type", "content-security-policy"):
            assert page.headers[name] == plain.headers[name]
        rows = re.compile(r'<tr data-region="(\d+)"')
        assert rows.findall(page.text) == rows.findall(plain.text)
        problem = site.get(f"/?{asked}", headers={"Accept": "application/json", "Accept-Language": language})
        assert problem.status_code == 422
        assert problem.headers["content-type"] == "application/problem+json"
        shown = unescape(re.sub(r"</?code>", "`", re.sub("</?span[^>]*>", "", page.text)))
        for error in problem.json()["errors"]:
            assert error["detail"] in shown
        assert site.head(f"/?{asked}", headers=headers).status_code == 422


def test_what_the_explorer_offers_instead_of_what_is_wrong_is_right(site: httpx.Client) -> None:
    for asked in (
        *(
            "fiscal_year=2009-2012",
            "fiscal_year=2010,平成21〜24年度",
            "fiscal_year_from=H21-H24",
            "fiscal_year_to=〜2012",
        ),
        *("type=globl,city-area", "prefecture=hokaido", "q=a AND b%3Dc", "sort=-numbr"),
    ):
        page = site.get(f"/?{asked}&lang=ja&number=7", headers=AS_A_BROWSER)
        assert page.status_code == 422
        (offer,) = re.findall('<a href="([^"]*)">もしかして：', page.text)
        right = site.get(urljoin("/", unescape(offer)), headers=AS_A_BROWSER)
        assert right.status_code == 200, offer
        assert "number=7" in offer


@pytest.mark.parametrize(
    ("years", "said"),
    [
        ("2009,2010,2011", "FY2009–FY2011"),
        ("2009,2011", "FY2009, FY2011"),
        ("2009,2013,2011", "FY2009, FY2013, FY2011"),
        ("2011,2010,2009", "FY2011, FY2010, FY2009"),
    ],
)
def test_a_chip_joins_years_without_a_gap_and_names_others_one_by_one(
    site: httpx.Client, years: str, said: str
) -> None:
    html = unescape(site.get(f"/?lang=en&fiscal_year={years}", headers=AS_A_BROWSER).text)
    assert f"any of {said}" in re.sub("<[^>]*>", "", html)


def test_what_a_wrong_request_holds_is_text(site: httpx.Client) -> None:
    html = site.get("/", params={"type": "<b>{x}</b>", "q": "-<i>{words}</i>"}, headers=AS_A_BROWSER).text
    assert "<b>" not in html.replace("<b>20", "")  # years
    assert "<i>" not in html
    assert "&lt;b&gt;{x}&lt;/b&gt;" in html


FAILURES = [
    ("/nowhere", 404, "not-found"),
    ("/guides", 404, "not-found"),
    ("/a/b/c/", 404, "not-found"),
    ("/a//b", 404, "not-found"),
    ("/a%2Fb", 404, "not-found"),
    ("/guide/fr", 404, "not-found"),
    ("/problems/nope", 404, "not-found"),
    ("/docs/nope", 404, "not-found"),
    ("/V1/regions", 404, "not-found"),
    ("/v10", 404, "not-found"),
    ("/livez?x=1", 422, "invalid-parameter"),
    ("/" + "x" * 9_000, 414, "uri-too-long"),
]


@pytest.mark.parametrize(("path", "status", "name"), FAILURES)
def test_a_failure_in_a_browser_is_a_page_with_the_facts_of_the_problem(
    site: httpx.Client, path: str, status: int, name: str
) -> None:
    for first in ("ja", "en"):
        headers = {**AS_A_BROWSER, "Accept-Language": first, "Request-Id": "the-same"}
        page = site.get(path, headers=headers)
        assert page.status_code == status
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["content-language"] == first
        assert page.headers["vary"] == "Accept, Accept-Language, Accept-Encoding"
        assert page.headers["content-security-policy"] == layout.format_policy(layout.POLICY)
        assert page.headers["access-control-allow-origin"] == "*"
        assert f'<html lang="{first}">' in page.text
        assert 'content="noindex"' in page.text
        assert "the-same" in page.text
        for language in ("ja", "en"):
            asked = headers | {"Accept": "application/json", "Accept-Language": language}
            problem = site.get(path, headers=asked)
            assert problem.headers["content-type"] == "application/problem+json"
            document = problem.json()
            assert document["type"] == f"/problems/{name}"
            shown = unescape(re.sub(r"</?code>", "`", page.text))
            assert document["title"] in shown
            assert document["detail"] in shown
            for error in document.get("errors", ()):
                assert error["detail"] in shown
        assert re.findall(r'<section lang="(\w+)">', page.text)[0] == first


@pytest.mark.parametrize("path", [path for path, *_ in FAILURES[:-1]])
def test_a_page_of_a_failure_leads_home_from_wherever_it_is(site: httpx.Client, path: str) -> None:
    html = site.get(path, headers=AS_A_BROWSER).text
    targets = {urljoin(f"http://x{path}", unescape(link)) for link in re.findall(r'(?:href|src)="([^"]*)"', html)}
    assert {f"http://x/{each}" for each in ("?lang=ja", "?lang=en", f"explorer/{BUNDLE.hashed('site.css')}")} <= targets
    for target in targets:
        assert site.get(target.removeprefix("http://x")).status_code == 200


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/nowhere", ""),
        ("/nowhere", "*/*"),
        ("/nowhere", "application/json, text/html"),
        ("/nowhere", "text/html;q=0.5, application/problem+json"),
        ("/nowhere", "image/png"),
        ("/v1/nowhere", AS_A_BROWSER["Accept"]),
        ("/v1/regions?x=1", AS_A_BROWSER["Accept"]),
        ("/v1/regions/99", AS_A_BROWSER["Accept"]),
        ("/v1.json?x=1", AS_A_BROWSER["Accept"]),
        ("/v1?x=1", AS_A_BROWSER["Accept"]),
    ],
)
def test_a_failure_is_a_problem_document_for_others_and_below_v1(site: httpx.Client, path: str, accept: str) -> None:
    answer = site.get(path, headers={"Accept": accept})
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code


@pytest.mark.parametrize(
    ("path", "nearest"),
    [
        ("/regions", "/v1/regions"),
        ("/guides", "/guide"),
        ("/region/7/", "/regions/7"),
        ("/guide/fr", "/guide"),
        ("/qqq", ""),
    ],
)
def test_a_page_of_a_failure_links_the_nearest_path(site: httpx.Client, path: str, nearest: str) -> None:
    html = site.get(path, headers=AS_A_BROWSER).text
    article = html[html.index("<article>") : html.index("</article>")]
    targets = {urljoin(path, link) for link in re.findall(r'href="([^"?]*)', article)}
    assert targets == {"/", nearest} - {""}


def test_links_of_a_failure_keep_a_path_prefix(sqlite_settings: Settings) -> None:
    with serving(sqlite_settings, prefix="/clusters") as behind:  # a proxy that takes it off, and nobody knows of
        html = behind.get("/a/b", headers=AS_A_BROWSER).text
        assert urljoin("/clusters/a/b", re.findall('href="([^"?]*)[?]', html)[0]) == "/clusters/"
    base = "https://data.example.jp/clusters"
    with serving(sqlite_settings.model_copy(update={"public_base_url": base})) as public:
        for path in ("/a/b", "/clusters/a/b"):
            assert f'href="{base}/?lang=ja"' in public.get(path, headers=AS_A_BROWSER).text


def test_what_pages_load_has_a_name_for_its_content_and_is_kept_for_good(site: httpx.Client) -> None:
    loaded: set[str] = set()
    for path in PAGES + PROBLEMS:
        html = site.get(path, headers=AS_A_BROWSER).text
        tags = re.findall(r"<(?:script|img|link rel=\"(?:icon|stylesheet|modulepreload)\")[^>]*>", html)
        loaded |= {urljoin(path, link) for tag in tags for link in re.findall(r'(?:src|href)="([^"]+)"', tag)}
    for address in (waiting := [*loaded]):
        answer = site.get(address)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert re.fullmatch(r"/explorer/[\w-]+\.[0-9a-f]{12}\.\w+", address)
        assert site.get(address, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
        if address.endswith(".js") and len(answer.content) < 100_000:  # those of others import nothing
            imported = {urljoin(address, name) for name in re.findall(r'(?:from|import) "(\./[^"]+)"', answer.text)}
            waiting += imported - {*waiting}
    assert {name for name in BUNDLE.files if f"/explorer/{name}" in waiting and name.startswith("main.")}
    for name in ("main.js", "main.000000000000.js", "index.html", "site.css"):
        assert site.get(f"/explorer/{name}").status_code == 404


def test_the_name_of_a_file_changes_with_those_that_it_imports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = shutil.copytree(str(FILES), tmp_path / "explorer")
    monkeypatch.setattr(bundle, "FILES", folder)
    before = bundle.Bundle()
    assert before.hashed("main.js") == BUNDLE.hashed("main.js")
    with (folder / "dom.js").open("a") as file:
        file.write("// another\n")
    after = bundle.Bundle()
    for name in ("dom.js", "main.js"):
        assert after.hashed(name) != before.hashed(name)
    for name in ("address.js", "site.css", "icon.svg"):
        assert after.hashed(name) == before.hashed(name)
