"""Find what in a description of the API breaks clients that were written for an earlier one.

Our own, for the rules are few and ours: within /v1 nothing goes away and nothing that could be sent is refused. The
kept tools for this are programs of other ecosystems, and stricter about words than about promises.
"""

from collections.abc import Iterator
from typing import Any

Json = Any


def breaks(released: Json, current: Json) -> list[str]:
    """One line for each promise that is broken."""
    return list(_Comparison(released, current).paths())


class _Comparison:
    def __init__(self, released: Json, current: Json) -> None:
        self.released, self.current = released, current
        self.seen: set[tuple[str, str]] = set()

    def paths(self) -> Iterator[str]:
        for path, item in self.released["paths"].items():
            for method, old in item.items():
                new = self.current["paths"].get(path, {}).get(method)
                if new is None:
                    yield f"{method} {path}: gone"
                    continue
                if old["operationId"] != new["operationId"]:
                    yield f"{method} {path}: operationId"  # generated clients are named by it
                yield from self.parameters(f"{method} {path}", old, new)
                yield from self.answers(f"{method} {path}", old, new)

    def parameters(self, where: str, old: Json, new: Json) -> Iterator[str]:
        before = {(each["in"], each["name"]): each for each in _parameters(self.released, old)}
        after = {(each["in"], each["name"]): each for each in _parameters(self.current, new)}
        for key, parameter in before.items():
            if key not in after:
                yield f"{where}: parameter {key[1]}: gone"
            else:
                yield from self.sent(f"{where}: parameter {key[1]}", parameter["schema"], after[key]["schema"])
        for key in after.keys() - before.keys():
            if after[key].get("required"):
                yield f"{where}: parameter {key[1]}: new and required"

    def sent(self, where: str, old: Json, new: Json) -> Iterator[str]:
        """Compare what a client may send, all of which must be taken as before."""
        old, new = _resolved(self.released, old), _resolved(self.current, new)
        if old.get("type") != new.get("type"):
            yield f"{where}: type"
        if "enum" in new and not set(old.get("enum", [...])) <= set(new["enum"]):
            yield f"{where}: values gone"
        for bound, worse in (("minimum", 1), ("maximum", -1), ("minLength", 1), ("maxLength", -1)):
            if bound in new and (bound not in old or (new[bound] - old[bound]) * worse > 0):
                yield f"{where}: {bound}"
        if "items" in old and "items" in new:
            yield from self.sent(f"{where}: items", old["items"], new["items"])

    def answers(self, where: str, old: Json, new: Json) -> Iterator[str]:
        for status, answer in old["responses"].items():
            if status not in new["responses"]:
                yield f"{where}: {status}: gone"
                continue
            contents = new["responses"][status].get("content", {})
            for media_type, content in answer.get("content", {}).items():
                if media_type not in contents:
                    yield f"{where}: {status} {media_type}: gone"
                else:
                    schemas = content["schema"], contents[media_type]["schema"]
                    yield from self.received(f"{where}: {status} {media_type}", *schemas)

    def received(self, where: str, old: Json, new: Json) -> Iterator[str]:
        """Compare what a client reads, all of which must be there as before."""
        if "$ref" in old and "$ref" in new:
            pair = old["$ref"], new["$ref"]
            if pair in self.seen:
                return
            self.seen.add(pair)
            where = old["$ref"].rpartition("/")[2]
        old, new = _resolved(self.released, old), _resolved(self.current, new)
        if _types(old) != _types(new) and "properties" not in old:
            yield f"{where}: type"
        records, others = _records_in(old), _records_in(new)
        if len(records) != len(others):
            yield f"{where}: type"
        for pair in zip(records, others, strict=False):
            yield from self.received(where, *pair)
        for name, schema in old.get("properties", {}).items():
            if name not in new.get("properties", {}):
                yield f"{where}.{name}: gone"
            else:
                yield from self.received(f"{where}.{name}", schema, new["properties"][name])
        for name in set(old.get("required", [])) - set(new.get("required", [])):
            yield f"{where}.{name}: not always there"
        if "enum" in old and not set(new.get("enum", [...])) <= set(old["enum"]):
            yield f"{where}: new values"
        for part in ("items", "additionalProperties"):
            if isinstance(old.get(part), dict) and isinstance(new.get(part), dict):
                yield from self.received(f"{where}[]", old[part], new[part])


def _resolved(document: Json, schema: Json) -> Json:
    while "$ref" in schema:
        found = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        schema = found
    return schema


def _records_in(schema: Json) -> list[Json]:
    """The records that a value may be, besides `null`."""
    return [each for each in schema.get("anyOf", ()) if "$ref" in each]


def _parameters(document: Json, operation: Json) -> Iterator[Json]:
    return (_resolved(document, each) for each in operation.get("parameters", []))


def _types(schema: Json) -> set[str]:
    return {each["type"] for each in schema.get("anyOf", [schema]) if "type" in each}
