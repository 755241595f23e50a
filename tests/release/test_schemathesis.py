"""Hold the service to its description, by a tool that believes only the description."""

import json
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from schemathesis import checks
from starlette.types import ASGIApp, Receive, Scope, Send

from app.main import create_app
from app.settings import Settings
from tests.support import nasty

Case = schemathesis.Case[Any]
Operation = schemathesis.APIOperation[Any, Any, Any, Any]

EXAMPLES = hypothesis_settings.default.max_examples // 20  # type: ignore[union-attr]  # there is a default profile
"""Of each operation, besides those that the tool makes of its bounds."""

SERVED: dict[str, ASGIApp] = {}


async def service(scope: Scope, receive: Receive, send: Send) -> None:
    """The service; `test_hostile_generated` compares the databases."""
    assert scope["type"] == "http"
    await SERVED["app"](scope, receive, send)


# The committed file is the served one: `tests/release/test_openapi.py`.
schema = schemathesis.openapi.from_dict(json.loads((Path(__file__).parents[2] / "openapi.json").read_text()))
schema.app = service
OPERATIONS: list[Operation] = [result.ok() for result in schema.get_all_operations()]  # type: ignore[union-attr]  # else collecting fails, as it should

OWN_GRAMMAR = {"type", "subcategory", "prefecture", "fields", "fiscal_year", "fiscal_year_from", "fiscal_year_to"} | {
    *("q", "q_in", "sort", "facets")
}
"""A schema says that these are texts; which of them are words of the edition, or go together, it cannot say."""


@pytest.fixture(scope="module", autouse=True)
def served(sqlite_settings: Settings) -> None:
    SERVED["app"] = create_app(sqlite_settings)


def excluded(query: dict[str, Any]) -> list[Any]:
    """The checks that cannot be made of a request, each with its reason."""
    found = []
    if "fields" in query:  # leaves keys out, which are required where it is not given
        found.append(checks.response_schema_conformance)
    if not OWN_GRAMMAR.isdisjoint(query):  # a text that fits the schema may be no name, no year, no key
        found.append(checks.positive_data_acceptance)
    return found


@schema.parametrize()
@hypothesis_settings(max_examples=EXAMPLES)
def test_every_operation_keeps_every_promise_of_its_description(case: Case) -> None:
    case.call_and_validate(excluded_checks=excluded(case.query or {}))


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.path)
@hypothesis_settings(max_examples=EXAMPLES)
@given(data=st.data())
def test_no_nasty_text_in_any_place_breaks_a_promise(operation: Operation, data: st.DataObject) -> None:
    """Put the text in after the tool has judged the request, whose rightness is therefore not asked."""
    case = data.draw(operation.as_strategy())
    query, path = dict(case.query or {}), dict(case.path_parameters or {})
    place, name = data.draw(
        st.sampled_from([(query, "nope"), *((each, name) for each in (query, path) for name in each)])
    )
    place[name] = data.draw(nasty.texts)
    case.query, case.path_parameters = query, path
    judged = {checks.positive_data_acceptance, checks.negative_data_rejection}
    case.call_and_validate(excluded_checks=[*judged.union(excluded(query))])
