"""Declare the arguments of the tools, and explain a wrong one."""

import re
from typing import Annotated, Any, Literal

from fastmcp.exceptions import ToolError, ValidationError
from fastmcp.server.middleware import CallNext, Middleware, MiddlewareContext
from fastmcp.tools import ToolResult
from pydantic import AfterValidator, Field
from pydantic import ValidationError as WrongArguments

MOST_REGIONS = 50
"""In one answer of a search: some 25,000 characters, which a model can read at once, however long the list gets."""

Vocabulary = Literal["programs", "subcategories", "prefectures", "fiscal-years"]
Facet = Literal["type", "subcategory", "prefecture", "fiscal_year"]

_COMMA = re.compile("[,、，]")


def _joined(value: str | int | list[str | int] | None) -> str | None:
    """Return one value or several as the API takes them."""
    if value is None:
        return None
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return ",".join(piece.strip() for piece in _COMMA.split(text))


Text = Annotated[
    str | None,
    Field(description="Words that must all occur, Japanese, kana or English, such as 医療, ばいお, food; quotes join."),
]
Several = Annotated[str | int | list[str | int] | None, AfterValidator(_joined)]
"""One value, several with commas, or a list."""
Type = Annotated[Several, Field(description="Programmes, any of them: global, city-area")]
Subcategory = Annotated[
    Several,
    Field(
        description="Kinds of programme, any of them: global-phase-1, global-hub-development, city-area-general, "
        "city-area-advanced"
    ),
]
Prefecture = Annotated[
    Several, Field(description="Prefectures or areas, any of them: Hokkaido, 石川, 01, Kyushu, 九州")
]
FiscalYear = Annotated[Several, Field(description="Active in any of these: 2009, H21, 平成21年度")]
Since = Annotated[str | int | None, Field(description="Active in this fiscal year or later")]
Until = Annotated[str | int | None, Field(description="Active in this fiscal year or earlier")]


class PlainErrors(Middleware):
    """Says what is wrong with the arguments of a call, and which there are, in sentences instead of pydantic's text."""

    async def on_call_tool(self, context: MiddlewareContext[Any], call_next: CallNext[Any, ToolResult]) -> ToolResult:
        try:
            return await call_next(context)
        except ValidationError as error:
            wrong, asked = error.__cause__, context.fastmcp_context
            if not isinstance(wrong, WrongArguments) or not asked:
                raise
            name = context.message.name
            tool = await asked.fastmcp.get_tool(name)
            names = ", ".join(tool.parameters["properties"]) if tool else ""
            raise ToolError(f"{_flaws(wrong)}\n{name} takes {names or 'no arguments'}.") from None


def _flaws(wrong: WrongArguments) -> str:
    """Return a line for each wrong argument; one that is neither of several types is wrong in several ways."""
    messages: dict[str, dict[str, None]] = {}
    for each in wrong.errors(include_url=False):
        is_unknown = each["type"] == "unexpected_keyword_argument"
        message = "There is no such argument." if is_unknown else f"{each['msg']}."
        messages.setdefault(str(each["loc"][0]), {})[message] = None
    return "\n".join(f"- {name}: {' '.join(said)}" for name, said in messages.items())
