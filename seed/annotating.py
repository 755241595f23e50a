"""Make the published `annotations` of a region from its facts, and check these against each other."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.schemas.annotations import Annotations
from seed import annotations, corrections
from seed.corrections import MakeError
from seed.facts import Fact

_KEYS = tuple(Annotations.model_fields)
"""In the order of the published record."""

Prefectures = Mapping[str, Mapping[str, Any]]


class Annotator:
    """Knows what the facts of all regions refer to."""

    def __init__(self, added: annotations.Head, prefectures: Prefectures, error: MakeError) -> None:
        self._fields = added.research_fields_en
        self._rules = {rule.rule for rule in added.point_rules}
        self._credits = {credit.id: f"{credit.name}, {credit.license}" for credit in added.credits}
        self._prefectures = prefectures
        self._error = error

    def annotate(self, region: annotations.Region, corrected: Sequence[annotations.Correction]) -> dict[str, Any]:
        for key, found, expected in self._faults(region):
            raise self._error(f"regions → {region.number} → {key}", found, expected)
        dumped = region.model_dump(exclude={"number", "title"})
        dumped["research_fields_en"] = self._in_english(region)
        facts = {key: dumped[key] for key in _KEYS if dumped.get(key)}
        groups: dict[tuple[str, tuple[str, ...], str | None], list[str]] = {}
        for key, fact in facts.items():
            groups.setdefault((fact["status"], tuple(sorted(fact["evidence"])), fact["source"]), []).append(key)
        return {
            **dict.fromkeys(_KEYS),
            **{key: fact["value"] for key, fact in facts.items()},
            "prefectures": [
                {key: self._prefectures[code][key] for key in ("code", "name", "name_en", "area")}
                for code in region.prefectures.value
            ],
            "editorial": [key for key, fact in facts.items() if fact["status"] == "editorial"],
            "evidence": sorted({url for fact in facts.values() for url in fact["evidence"]}),
            "corrections": corrections.published(corrected),
            "provenance": [
                {"fields": keys, "status": status, "evidence": [*evidence], "source": source and self._credits[source]}
                for (status, evidence, source), keys in groups.items()
            ],
        }

    def _in_english(self, region: annotations.Region) -> dict[str, Any] | None:
        """Return the research fields in English, as a fact: ours if one of the translations is."""
        if region.research_fields is None or not self._fields:
            return None
        if unknown := [field for field in region.research_fields.value if field not in self._fields]:
            raise self._error(f"regions → {region.number} → research_fields", unknown[0], "one of research_fields_en")
        names = [self._fields[field] for field in region.research_fields.value]
        ours = any(name.status == "editorial" for name in names)
        return {
            "value": [name.value for name in names],
            "status": "editorial" if ours else "confirmed",
            "evidence": [] if ours else sorted({url for name in names for url in name.evidence}),
            "source": None,
        }

    def _faults(self, region: annotations.Region) -> Iterator[tuple[str, str, str]]:
        """Yield key, what is found and what is expected instead."""
        codes = region.prefectures.value
        for code in codes:
            if code not in self._prefectures or codes.count(code) > 1:
                yield "prefectures", code, "JIS codes, each once"
        for key in ("municipalities", "local_government_codes"):
            for place in fact.value if (fact := getattr(region, key)) else ():
                prefecture = self._prefectures.get(place.code[:2])
                if prefecture is None or (place.code[2:] == "000") != (place.name == prefecture["name"]):
                    yield key, f"{place.code} {place.name}", "a code of JIS X 0402 that fits the name"
        if governments := region.local_government_codes:
            names = "、".join(place.name for place in governments.value)
            if region.local_governments and region.local_governments.value != names:
                yield "local_governments", region.local_governments.value, f"“{names}”, as their codes say"
            if codes != sorted({place.code[:2] for place in governments.value}):
                yield "prefectures", "、".join(codes), "those of the local governments, ascending"
        if region.point and region.point.value.rule not in self._rules:
            yield "point → rule", region.point.value.rule, "one of point_rules"
        for key, each in region:
            if isinstance(each, Fact) and each.source and each.source not in self._credits:
                yield f"{key} → source", each.source, "the id of one of the credits"
