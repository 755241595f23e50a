"""Write the data set as JSON-LD: one node that is a dataset of DCAT 3 (DCAT-AP 3) and of schema.org.

Its content is that of `/v1/dataset`. What is not known (the licence, a person to contact) is left out. The context is
in the document, so that it expands without a network.
"""

from collections.abc import Iterator
from typing import Any

import orjson

from app.http.messages import LICENSE_NOTE, Language

_AUTHORITY = "http://publications.europa.eu/resource/authority"
"""The controlled vocabularies that DCAT-AP 3 asks for (section 5)."""

_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

_LANGUAGES = {"ja": "JPN", "en": "ENG"}
_KEYWORDS = {"ja": ["地域クラスター", "産学官連携", "科学技術"], "en": ["regional cluster", "innovation", "Japan"]}


def write(dataset: dict[str, Any]) -> bytes:
    """Return the node: properties in the order of the tables of DCAT-AP 3, then those of schema.org."""
    publisher = _agent(dataset["edition_publisher"])
    distributions = [_distribution(file, dataset) for file in dataset["files"]]
    period, page = dataset["temporal"], {"@id": dataset["links"]["self"]}
    titles = [*_text_in(dataset, "title")]
    places = [{"@id": each, "@type": ["dct:Location", "schema:Place"]} for each in dataset["spatial"]]
    node = {
        "@context": _CONTEXT,
        "@id": dataset["links"]["self"],
        "@type": ["dcat:Dataset", "schema:Dataset"],
        "dct:title": titles,
        "dct:description": _texts(dataset["description"]),
        "dcat:contactPoint": {
            "@type": "vcard:Organization",
            "vcard:fn": dataset["edition_publisher"],
            "vcard:hasURL": page,
        },
        "dcat:distribution": distributions,
        "dcat:keyword": [_text(word, language) for language, words in _KEYWORDS.items() for word in words],
        "dct:publisher": publisher,
        "dct:spatial": [{"@id": f"{_AUTHORITY}/country/JPN", "@type": "dct:Location"}, *places],
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": _day(period["start"]),
            "dcat:endDate": _day(period["end"]),
        },
        "dcat:theme": [{"@id": f"{_AUTHORITY}/data-theme/{theme}"} for theme in ("REGI", "TECH")],
        "dct:accessRights": {"@id": f"{_AUTHORITY}/access-right/PUBLIC", "@type": "dct:RightsStatement"},
        "dct:identifier": dataset["links"]["self"],
        "dcat:landingPage": page | {"@type": "foaf:Document"},
        "dct:issued": _day(dataset["issued"]),
        "dct:modified": _day(dataset["modified"]),
        "dcat:version": dataset["version"],
        "dct:language": [
            {"@id": f"{_AUTHORITY}/language/{_LANGUAGES[each]}", "@type": "dct:LinguisticSystem"}
            for each in dataset["languages"]
        ],
        "dct:provenance": {"@type": "dct:ProvenanceStatement", "rdfs:label": _texts(dataset["derivation"])},
        "dct:bibliographicCitation": _texts(dataset["citation"]),
        "dct:source": [_list(dataset), *map(_credit, dataset["credits"])],
        "schema:name": titles,
        "schema:description": _texts(dataset["description"]),
        "schema:publisher": publisher,
        "schema:distribution": [{"@id": each["@id"]} for each in distributions],
        "schema:temporalCoverage": f"{period['start']}/{period['end']}",
        "schema:spatialCoverage": [{"@type": "schema:Country", "schema:name": "Japan"}, *places],
        "schema:inLanguage": dataset["languages"],
        "schema:datePublished": dataset["issued"],
        "schema:dateModified": dataset["modified"],
        "schema:version": dataset["version"],
        "schema:isAccessibleForFree": True,
        "schema:creditText": _texts(dataset["citation"]),
        "schema:usageInfo": _texts(LICENSE_NOTE),
    }
    return orjson.dumps(node)


def _list(dataset: dict[str, Any]) -> dict[str, Any]:
    """Return the node of the list as printed."""
    return {
        "@type": ["dcat:Dataset", "schema:Dataset"],
        "dct:title": [*_text_in(dataset, "title")],
        "dct:description": [*_text_in(dataset, "note" if dataset["note"] else "title")],
        "dct:publisher": _agent(dataset["publisher"], dataset["publisher_en"]),
        "spdx:checksum": _checksum(dataset["source"]["sha256"]),
    }


def _credit(credit: dict[str, Any]) -> dict[str, Any]:
    """Return the node of a data set of others; that it is in the public domain needs no licence."""
    licence = {"dct:license": {"@id": credit["license_url"], "@type": "dct:LicenseDocument"}}
    return {
        "@id": credit["url"],
        "@type": ["dcat:Dataset", "schema:Dataset"],
        "dct:title": credit["name"],
        "dct:description": _texts(credit["use"]),
        "dct:rights": {"@type": "dct:RightsStatement", "rdfs:label": f"{credit['name']}, {credit['license']}"},
    } | (licence if credit["license_url"] else {})


def _distribution(file: dict[str, Any], dataset: dict[str, Any]) -> dict[str, Any]:
    return {
        "@id": file["url"],
        "@type": ["dcat:Distribution", "schema:DataDownload"],
        "dcat:accessURL": {"@id": file["url"]},
        "dcat:downloadURL": {"@id": file["url"]},
        "dct:title": file["name"],
        "dct:description": _text(f"{file['name']} of version {dataset['version']}", "en"),
        "dct:format": {"@type": "dct:MediaTypeOrExtent", "rdfs:label": file["media_type"]},
        "dcat:byteSize": {"@value": str(file["bytes"]), "@type": "xsd:nonNegativeInteger"},
        "spdx:checksum": _checksum(file["sha256"]),
        "dct:rights": {"@type": "dct:RightsStatement", "rdfs:label": _texts(LICENSE_NOTE)},
        "schema:name": file["name"],
        "schema:contentUrl": {"@id": file["url"]},
        "schema:encodingFormat": file["media_type"],
        "schema:contentSize": f"{file['bytes']} B",
        "schema:sha256": file["sha256"],
    }


def _agent(name: str, english: str | None = None) -> dict[str, Any]:
    names: Any = [_text(name, "ja"), _text(english, "en")] if english else name
    return {"@type": ["foaf:Agent", "schema:Organization"], "foaf:name": names, "schema:name": names}


def _checksum(sha256: str) -> dict[str, Any]:
    return {
        "@type": "spdx:Checksum",
        "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
        "spdx:checksumValue": {"@value": sha256, "@type": "xsd:hexBinary"},
    }


def _day(text: str) -> dict[str, str]:
    return {"@value": text, "@type": "xsd:date"}


def _text(text: str, language: str) -> dict[str, str]:
    return {"@value": text, "@language": language}


def _text_in(dataset: dict[str, Any], name: str) -> Iterator[dict[str, str]]:
    """Yield a text of the data set in the languages in which it is there."""
    yield _text(dataset[name], "ja")
    if english := dataset[f"{name}_en"]:
        yield _text(english, "en")


def _texts(texts: dict[str, str] | dict[Language, str]) -> list[dict[str, str]]:
    return [_text(text, language) for language, text in texts.items()]
