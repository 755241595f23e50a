"""The licences of everything that is shipped, and which of them need a reason to be."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import distribution
from typing import Any

from license_expression import ExpressionError, get_spdx_licensing

from app.http import messages
from tools.supply import pins
from tools.supply.parts import INSIDE, Part

PERMISSIVE = {
    *("0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "ISC", "MIT"),
    *("OLDAP-2.8", "PostgreSQL", "PSF-2.0", "Unicode-3.0", "Unicode-DFS-2016", "Unlicense", "Zlib"),
    "BSD-Attribution-HPND-disclaimer",
}
"""SPDX identifiers of licences that ask for no more than that their text and names are kept."""

UNSAID = {"jinja2": "BSD-3-Clause", "protobuf": "BSD-3-Clause", "uvloop": "MIT OR Apache-2.0"}
"""The licence of packages whose metadata name it in words alone."""

REASONS = {
    "certifi": "a file of certificates and its path, used unmodified",
    "psycopg": "used unmodified, as a library of its own that whoever runs the service can replace",
    "psycopg-binary": "used unmodified, as a library of its own that whoever runs the service can replace",
    "orjson": "used unmodified; the source of its MPL files is the archive that is locked beside the binary ones",
    "libcrypt": "used unmodified, as a shared library that can be replaced",
    "libkeyutils": "used unmodified, as a shared library that can be replaced",
}
"""Why a licence that is not permissive is all right, by package or part."""

_SPDX = get_spdx_licensing()


@dataclass(frozen=True)
class Package:
    pin: pins.Pin
    licence: str
    parts: tuple[Part, ...]
    """What others made and it brings along."""


def packages() -> list[Package]:
    """Return every package that is shipped, of the versions installed here."""
    return [Package(pin, licence(pin.name), tuple(_parts(pin.name))) for pin in pins.shipped()]


def licence(name: str) -> str:
    """The SPDX expression that a package declares; empty if it declares none."""
    metadata = distribution(name).metadata
    said = (metadata[field] for field in ("License-Expression", "License") if field in metadata)
    return UNSAID.get(name) or next(said, "")


def _parts(package: str) -> Iterator[Part]:
    yield from (part for part in INSIDE if part.package == package)
    for bill in bills(package):
        for part in bill["components"]:
            if said := part.get("licenses"):
                yield Part(package, part["name"], said[0]["expression"], part["version"], part["purl"])


def bills(package: str) -> Iterator[dict[str, Any]]:
    """The bills of materials that a package brings along (PEP 770), in CycloneDX."""
    for file in distribution(package).files or ():
        if file.parent.name == "sboms" and file.suffix == ".json":
            yield json.loads(file.read_text(encoding="utf-8"))


def is_permissive(expression: str) -> bool:
    """Return whether one may choose so that only permissive licences hold."""
    return _holds(_SPDX.parse(expression, validate=True))


def _holds(node: Any) -> bool:
    if operands := getattr(node, "args", ()):
        combine = all if node.operator.strip() == "AND" else any
        return combine(_holds(operand) for operand in operands)
    return str(node) in PERMISSIVE


def objections(shipped: list[Package]) -> list[str]:
    """Return what is wrong with the licences, in a line each."""
    named = [(package.pin.name, package.licence) for package in shipped]
    named += [(part.name, part.licence) for package in shipped for part in package.parts]
    return [line for name, expression in named if (line := _objection(name, expression))]


def _objection(name: str, expression: str) -> str:
    if not expression:
        return f"{name}: names no licence; look it up and say it in UNSAID"
    try:
        fine = is_permissive(expression) or name in REASONS
    except ExpressionError:
        return f"{name}: {expression!r} is no SPDX expression; look it up and say it in UNSAID"
    return (
        "" if fine else f"{name}: {expression} is not permissive; do without it, or say in REASONS why it is all right"
    )


def page(shipped: list[Package]) -> str:
    """LICENCES.md."""
    held = {package.pin.name for package in shipped} | {part.name for package in shipped for part in package.parts}
    return _PAGE.format(
        packages="\n".join(f"| {each.pin.name} | {each.pin.version} | {each.licence} |" for each in shipped),
        parts="\n".join(_rows(shipped)),
        reasons="\n".join(f"- **{name}**: {reason}" for name, reason in REASONS.items() if name in held),
        data=messages.LICENSE_NOTE["en"],
    )


def _rows(shipped: list[Package]) -> Iterator[str]:
    for package in shipped:
        names: dict[str, set[str]] = {}
        for part in package.parts:
            names.setdefault(part.licence, set()).add(part.name)
        for expression in sorted(names):
            yield f"| {package.pin.name} | {', '.join(sorted(names[expression]))} | {expression} |"


_PAGE = """# Licences of what is shipped

Of what serves and of what traces add (`requirements-tracing.txt`). Made by `make licences` from what the packages
declare; a test holds this page against what is installed. The texts of the licences are in the packages. `make sbom`
writes the same as a bill of materials, with the hashes.

## Packages

| package | version | licence |
|---|---|---|
{packages}

## What the packages bring along

| package | part | licence |
|---|---|---|
{parts}

Swagger UI and ReDoc are bundles of many packages; the notices of those are with the two projects.

## Not permissive, and why it is all right

{reasons}

## The rest

- The page, its map, its icon and the samples are this project's own. No font is shipped.
- The data: {data}
- The image stands on a base image, whose packages carry their licences in `/usr/share/doc/*/copyright`.
"""
