"""The parameters of pages for people, where links are shared with parameters of others."""

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from app.http import query_pairs
from app.http.query_string import QueryModel, one_of


class PageParameters(QueryModel):
    """The parameters of a page for people, which ignores every other: links are shared with `utm_source` and `fbclid`.

    A page also ignores a `lang` that is no language, and a second one.
    """

    lenient: ClassVar[Mapping[str, str]] = {"lang": "ja|en"}
    """Parameters of which any value but these (a regular expression), and a second one, is ignored."""

    lang: Annotated[
        Literal["ja", "en"] | None,
        BeforeValidator(one_of("ja", "en"), json_schema_input_type=str),
        Field(description="Language of the page, `ja` or `en`; any other is ignored.", examples=["en"]),
    ] = None

    @classmethod
    def known(cls, raw: bytes) -> bytes:
        """Return the part of a query string that the page reads, sorted."""
        lenient = {name.encode() for name in cls.lenient}
        first: dict[str, bytes] = {}
        for name, value, _ in query_pairs.read(query_pairs.only(raw, lenient)):
            if re.fullmatch(cls.lenient.get(name, ""), value):
                first.setdefault(name, f"{name}={value}".encode())
        others = query_pairs.only(raw, {name.encode() for name in cls.model_fields} - lenient)
        return query_pairs.sort(b"&".join(filter(None, (*first.values(), others))))
