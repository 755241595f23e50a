"""Word the description, besides operations and parameters, and translate it into Japanese."""

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any, cast

import orjson

from app.http import messages
from app.http.messages import Language

TITLE = "Cluster regions 継続地域一覧"
TITLES: dict[Language, str] = {"en": "Cluster regions", "ja": TITLE}
"""Generators name packages after it, which is why the English one is plain ASCII."""

EDITION_PUBLISHER = f"{TITLE} (unofficial edition)"
"""Who publishes this edition; nobody else is known whom the public may write to."""

LICENSE = "The source names no licence; see the terms"

SUMMARIES: dict[Language, str] = {
    "en": messages.SUMMARY,
    "ja": messages.DESCRIPTION["ja"].replace("（{regions} 地域）", ""),
}

DESCRIPTION: dict[Language, str] = {
    "en": """\
The list *地域クラスターの持続的な発展に向けて（継続地域一覧）* of Japan's Ministry of Education, Culture, Sports,
Science and Technology (MEXT): programmes, subcategories, and regions with fiscal years, cluster title, theme and
brochure page.

What the list prints is published verbatim. What we add stands in `annotations`, with its evidence.

A list answers in JSON. Its files (CSV, NDJSON, GeoJSON) are at paths of their own; `Accept` asks for them at the path
of the list as well.

日本語の説明: `/openapi.json?lang=ja`
""",
    "ja": """\
文部科学省「地域クラスターの持続的な発展に向けて（継続地域一覧）」の種別、区分、地域（年度、クラスター名称、テーマ、\
パンフレットのページ）を公開する API です。

一覧の文章は原文のまま公開します。本サービスで補った情報は `annotations` に根拠とともに示します。

一覧は JSON で返します。ファイル（CSV、NDJSON、GeoJSON）にはそれぞれ専用のパスがあります。一覧のパスで `Accept` を\
使って求めることもできます。

スキーマの項目の説明は英語です。

English: `/openapi.json?lang=en`
""",
}

SERVER = "The service that this description came from"
EXPORT = "Export the {name} as {kind}"
AS_FORMAT = "{summary} as {kind}"
OTHER_FORMATS = {
    ".geojson": "{description} It is a feature (RFC 7946), for a map.",
    ".jsonld": "{description} In the words of DCAT 3 and of schema.org.",
}
"""Descriptions of a record in a format, by its suffix, made of that of its JSON."""

TAGS = [
    {"name": "regions", "description": "The regions, the main resource"},
    {"name": "programs", "description": "The programmes and their subcategories"},
    {"name": "vocabularies", "description": "The values that regions have in common, with region counts"},
    {"name": "dataset", "description": "The data set as a whole, its files, changes and misprints, the index"},
    {"name": "exports", "description": "The lists as files: everything that matches, in one answer"},
    {"name": "operations", "description": "For operators"},
]

HEADERS: dict[str, dict[str, Any]] = {
    "Request-Id": {
        "description": "The id of this request: the one it brought along if that was well formed, else a new one",
        "schema": {"type": "string"},
    },
    "Retry-After": {"description": "Seconds to wait (RFC 9110, section 10.2.3)", "schema": {"type": "integer"}},
    "ETag": {"description": "Strong validator (RFC 9110, section 8.8.3)", "schema": {"type": "string"}},
    "Last-Modified": {"description": "Date of the data (RFC 9110, section 8.8.2)", "schema": {"type": "string"}},
    "Cache-Control": {"description": "How long to keep the answer (RFC 9111)", "schema": {"type": "string"}},
    "Age": {
        "description": "Seconds since the data were last known to be current, if the database cannot be reached "
        "(RFC 9111, section 5.1)",
        "schema": {"type": "integer"},
    },
    "Content-Language": {
        "description": "Of labels and messages; both where there are none and `lang` is not given",
        "schema": {"type": "string", "enum": ["en", "ja", "ja, en"]},
    },
    "Vary": {"description": "Request headers that may change the answer", "schema": {"type": "string"}},
    "Link": {
        "description": "The links of the page; `service-desc`, `service-doc` (RFC 8288)",
        "schema": {"type": "string"},
    },
    "Content-Disposition": {"description": "A file name (RFC 6266)", "schema": {"type": "string"}},
}


@cache
def japanese() -> dict[str, str]:
    """Return the texts of the description in Japanese, by the English ones."""
    return cast(dict[str, str], orjson.loads((files("app.http") / "openapi.ja.json").read_bytes()))


def translate(language: Language) -> Callable[[str], str]:
    """Return a function from a text of the description in English to the one in that language.

    A text without a translation, which `tests/release/test_openapi.py` misses, stays English.
    """
    return (lambda text: japanese().get(text, text)) if language == "ja" else (lambda text: text)
