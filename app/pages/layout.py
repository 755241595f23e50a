"""The pages for people: the explorer, the guide, the terms, and the frame of every page to read. No inline scripts."""

import pathlib
from html import escape
from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from app.http import problems, responses, routes
from app.http.messages import Language
from app.http.request_context import Context

router = APIRouter(route_class=routes.Route, include_in_schema=False)

HTML = "text/html; charset=utf-8"
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
"""What a page may load: what this service serves, and nothing else."""

_MEDIA_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
_SHIPPED = files("app.pages") / "explorer"
_FILES = {
    file.name: (media_type, file.read_bytes())
    for file in _SHIPPED.iterdir()
    if (media_type := _MEDIA_TYPES.get(file.name.rpartition(".")[2]))
}
_EXPLORER = (_SHIPPED / "index.html").read_bytes()
_LANGUAGES: dict[str, Language] = {"ja": "ja", "en": "en"}
_TITLES: dict[str, dict[Language, str]] = {
    "guide": {"ja": "使い方", "en": "Guide"},
    "terms": {"ja": "利用条件", "en": "Terms of use"},
}
_SAMPLES = {file.name: file.read_text(encoding="utf-8") for file in (_SHIPPED / "samples").iterdir() if file.is_file()}
_TEXTS = {
    (name, language): (_SHIPPED / f"{name}.{language}.html").read_text(encoding="utf-8")
    for name in _TITLES
    for language in _LANGUAGES
}
_CHANGELOG = (pathlib.Path(__file__).parents[2] / "CHANGELOG.md").read_text(encoding="utf-8")
EXAMPLE_BASE_URL = "http://127.0.0.1:8000"
"""What the samples ask where no public base URL is configured."""

_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<link rel="icon" href="{root}explorer/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="{root}explorer/style.css">
</head>
<body>
<header class="page">
<nav class="links" aria-label="{home}"><a href="{root}.#lang={language}">{home}</a></nav>
<nav class="languages" aria-label="日本語 / English">{languages}</nav>
<h1>{title}</h1>
</header>
<main><article>
{content}
</article></main>
</body>
</html>
"""
_HOME: dict[Language, str] = {"ja": "継続地域一覧", "en": "Continuing Cluster Regions"}


def page(context: Context, html: str, policy: dict[str, str] = POLICY, vary: str = "") -> Response:
    """Answer with a page under a policy. It is revalidated, so that no release is mixed with another's files."""
    more = {"content-security-policy": written(policy).decode(), **responses.REVALIDATED} | (
        {"vary": vary} if vary else {}
    )
    return responses.static(context, html.encode(), HTML, more)


def written(policy: dict[str, str]) -> bytes:
    return "; ".join(f"{directive} {sources}" for directive, sources in policy.items()).encode()


def framed(title: str, content: str, language: Language, root: str, languages: str = "") -> str:
    """A page to read; `root` leads from its address to that of the explorer."""
    return _PAGE.format(
        title=escape(title), content=content, language=language, root=root, home=_HOME[language], languages=languages
    )


@router.get("/")
async def get_explorer(context: Context) -> Response:
    return page(context, _EXPLORER.decode())


@router.get("/explorer/{name}")
async def get_file(context: Context, name: Annotated[str, Path()]) -> Response:
    if name not in _FILES:
        raise problems.NotFound("route")
    media_type, content = _FILES[name]
    return responses.static(context, content, media_type, responses.REVALIDATED)


@router.get("/guide")
async def get_guide(context: Context) -> Response:
    return _text(context, "guide")


@router.get("/guide/{language}")
async def get_guide_in(context: Context, language: Annotated[str, Path()]) -> Response:
    return _text(context, "guide", language)


@router.get("/terms")
async def get_terms(context: Context) -> Response:
    return _text(context, "terms")


@router.get("/terms/{language}")
async def get_terms_in(context: Context, language: Annotated[str, Path()]) -> Response:
    return _text(context, "terms", language)


@router.get("/changelog")
async def get_changelog(context: Context) -> Response:
    return page(context, framed("Changelog", f'<pre tabindex="0">{escape(_CHANGELOG)}</pre>', "en", ""))


def _text(context: Context, name: str, given: str | None = None) -> Response:
    """In the language of the address, else in the one that the browser prefers."""
    if given is not None and given not in _LANGUAGES:
        raise problems.NotFound("route")
    language = _LANGUAGES[given] if given else context.language
    root = "../" if given else ""
    content = _TEXTS[name, language].replace("{root}", root)
    base_url = context.state.settings.public_base_url or EXAMPLE_BASE_URL
    for sample, code in _SAMPLES.items():
        content = content.replace(
            f"{{{sample}}}", escape(code.strip().replace(EXAMPLE_BASE_URL, base_url), quote=False)
        )
    switch = " ".join(
        f'<a lang="{each}" hreflang="{each}" href="{root}{name}/{each}"{current}>{label}</a>'
        for each, label in (("ja", "日本語"), ("en", "English"))
        for current in [' aria-current="true"' if each == language else ""]
    )
    title = _TITLES[name][language]
    return page(context, framed(title, content, language, root, switch), vary="" if given else "Accept-Language")
