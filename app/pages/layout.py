"""Render pages with their common parts: the content security policy, the templates, the words in both languages."""

import re
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from importlib.resources import files
from types import SimpleNamespace
from typing import TYPE_CHECKING, Annotated, Any

import orjson
from fastapi import APIRouter, Path
from markupsafe import Markup, escape
from starlette.responses import Response

from app.http import conditional, problems, responses
from app.http.messages import Language
from app.http.request_context import Context, RequestContext
from app.pages.bundle import BUNDLE

if TYPE_CHECKING:
    from jinja2 import Environment, Template

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

LANGUAGES: dict[Language, str] = {"ja": "日本語", "en": "English"}

Paths = Mapping[Language, str]
"""The path of a page in each language that it has, without the slash at the beginning."""


def read_json(name: str) -> Any:
    """Return the content of a JSON file beside the pages."""
    return orjson.loads((files("app.pages") / name).read_bytes())


_WORDS: dict[Language, dict[str, dict[str, Any]]] = read_json("words.json")
EXPLORER_WORDS = {language: groups["explorer"] for language, groups in _WORDS.items()}
"""What the scripts of the explorer say; they get it with their page."""

WORDS = {language: groups["explorer"] | groups["pages"] for language, groups in _WORDS.items()}
"""What the pages say."""

NAMED_WORDS = {language: SimpleNamespace(**words) for language, words in WORDS.items()}
"""The same for templates, in which `words.copy` would be the method of a dictionary."""


def _with_code(text: str) -> Markup:
    """Return a sentence, which may be HTML, as HTML, with what stands in backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704  # escaped before


_JAPANESE = re.compile(r"[\u2160-\u217f\u3000-\u9fff\uf900-\ufaff\uff00-\uffef]+")


def _with_japanese(text: str) -> Markup:
    """Return a sentence in English as HTML, in which words in Japanese have their language."""
    return Markup(_JAPANESE.sub(r'<span lang="ja">\g<0></span>', str(escape(text))))  # noqa: S704  # escaped before


@cache
def _templates() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined  # only here: most clients ask for no page

    templates = Environment(
        loader=PackageLoader("app.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {"with_code": _with_code, "with_japanese": _with_japanese}
    templates.globals["asset"] = lambda name: f"explorer/{BUNDLE.hashed(name)}"
    templates.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    return templates


def in_each_language(name: str) -> Paths:
    """Return the paths of a page that ends in its language."""
    return {each: f"{name}/{each}" for each in LANGUAGES}


def by_parameter(name: str) -> Paths:
    """Return the paths of a page that takes its language from `lang`."""
    return {each: f"{name}?lang={each}" for each in LANGUAGES}


def named_language(name: str) -> Language:
    """Return the language that a path names; `problems.NotFound` if there is no such language."""
    for each in LANGUAGES:
        if each == name:
            return each
    raise problems.NotFound("route")


def serve(
    router: APIRouter, name: str, page: Callable[[RequestContext, Language, tuple[str, ...]], Awaitable[Response]]
) -> None:
    """Add the routes of a page at each path of `in_each_language`, and at `name` alone in the negotiated language.

    `page` gets the request headers that the response varies by.
    """

    async def get_negotiated(context: Context) -> Response:
        return await page(context, context.language, ("Accept-Language",))

    async def get_named(context: Context, language: Annotated[str, Path()]) -> Response:
        return await page(context, named_language(language), ())

    router.add_api_route(f"/{name}", get_negotiated)
    router.add_api_route(f"/{name}/{{language}}", get_named)


def template_named(name: str) -> "Template":
    return _templates().get_template(name)


def root_of(context: RequestContext) -> str:
    """Return the relative path from the requested page to the address of the explorer; empty beside it."""
    return "../" * (context.path.count("/") - 1)


def absolute_root(context: RequestContext) -> str:
    """Return the public address of the explorer with its slash, where none is configured `root_of`."""
    base_url = context.state.settings.public_base_url
    return f"{base_url}/" if base_url else root_of(context)


def render(template: str, language: Language, paths: Paths, root: str, absolute: str, **values: Any) -> str:
    """Return the HTML of a page.

    `root` leads from the page to the address of the explorer, and so does `absolute`, if it can by a whole address.
    `values` are those of the template; every page has a `title`.
    """
    return template_named(template).render(
        language=language,
        languages=LANGUAGES,
        words=NAMED_WORDS[language],
        paths=paths,
        root=root,
        home=f"{root or './'}?lang={language}",
        absolute=absolute,
        **values,
    )


def page(
    context: RequestContext,
    template: str,
    language: Language,
    paths: Paths,
    *,
    vary: tuple[str, ...] = (),
    policy: Mapping[str, str] = POLICY,
    **values: Any,
) -> Response:
    """Respond with a page; `vary`: the headers among which the caller chose, see `respond`."""
    html = render(template, language, paths, root_of(context), absolute_root(context), **values)
    return respond(context, html, language, vary=vary, policy=policy)


def respond(
    context: RequestContext,
    html: str,
    language: Language,
    *,
    vary: tuple[str, ...] = (),
    policy: Mapping[str, str] = POLICY,
) -> Response:
    """Respond with HTML under a policy. Caches revalidate it, so that no page loads the files of another release.

    Parameters other than `lang` are ignored: links are shared with those of others.
    """
    body = html.encode()
    own = {
        "content-type": HTML,
        "content-language": language,
        "content-security-policy": format_policy(policy),
        "etag": conditional.etag(body, context.encoding),
        "vary": ", ".join(each for each in vary if each != "Accept-Language" or not context.given_language),
        **responses.REVALIDATED,
    }
    return responses.BytesResponse(body, own)


def format_policy(policy: Mapping[str, str]) -> str:
    """Return the value of `Content-Security-Policy` (CSP 3, section 3.1)."""
    return "; ".join(f"{directive} {sources}" for directive, sources in policy.items())
