"""What pages have in common: the content security policy, the HTML frame, texts in two languages."""

from collections.abc import Mapping
from html import escape
from importlib.resources import files

from starlette.responses import Response

from app.http import problems, responses
from app.http.messages import Language
from app.http.request_context import Context

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

FILES = files("app.pages") / "explorer"

_LANGUAGES: dict[Language, str] = {"ja": "日本語", "en": "English"}

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


class Text:
    """A text that is shipped in both languages, as `NAME.LANGUAGE.html`, and its titles."""

    def __init__(self, name: str, titles: Mapping[Language, str]) -> None:
        self.name = name
        self.titles = titles
        self.html = {each: (FILES / f"{name}.{each}.html").read_text(encoding="utf-8") for each in _LANGUAGES}


def page(context: Context, html: str, policy: dict[str, str] = POLICY, vary: str = "") -> Response:
    """Respond with a page under a policy. Caches revalidate it, so that no page loads the files of another release."""
    more = {"content-security-policy": format_policy(policy), **responses.REVALIDATED}
    return responses.static(context, html.encode(), HTML, more | ({"vary": vary} if vary else {}))


def format_policy(policy: Mapping[str, str]) -> str:
    """Return the value of `Content-Security-Policy` (CSP 3, section 3.1)."""
    return "; ".join(f"{directive} {sources}" for directive, sources in policy.items())


def framed(title: str, content: str, language: Language, root: str, languages: str = "") -> str:
    """Return the HTML of a page to read; `root` is the relative path from its address to the explorer's."""
    return _PAGE.format(
        title=escape(title), content=content, language=language, root=root, home=_HOME[language], languages=languages
    )


def text_page(
    context: Context, text: Text, given: str | None = None, places: Mapping[str, str] | None = None
) -> Response:
    """Respond with a text in the language given by the path, else by `lang`, else negotiated from `Accept-Language`.

    `places` are replaced in the text by their HTML. `problems.NotFound` if there is no such language.
    """
    language = next((each for each in _LANGUAGES if each == given), None)
    if given and not language:
        raise problems.NotFound("route")
    language = language or context.language
    root = "../" if given else ""
    content = text.html[language]
    for place, html in {"{root}": root, **(places or {})}.items():
        content = content.replace(place, html)
    switch = " ".join(
        f'<a lang="{each}" hreflang="{each}" href="{root}{text.name}/{each}"{current}>{label}</a>'
        for each, label in _LANGUAGES.items()
        for current in [' aria-current="true"' if each == language else ""]
    )
    html = framed(text.titles[language], content, language, root, switch)
    return page(context, html, vary="" if given or context.given_language else "Accept-Language")
