"""Find the corrections of a region and of a subcategory, and check that they correct what is printed."""

from collections.abc import Callable, Sequence
from typing import Any

from app.schemas.annotations import RegionCorrection
from seed.annotations import Correction
from seed.source import SourceError

_PUBLISHED = set(RegionCorrection.model_fields)

MakeError = Callable[[str, str, str], SourceError]
"""Makes an exception of a place in `annotations.json`, what is found there and what is expected."""


def published(corrections: Sequence[Correction]) -> list[dict[str, Any]]:
    """Return the corrections as regions and subcategories have them, without notes and evidence."""
    return [each.model_dump(include=_PUBLISHED) for each in corrections]


class Corrections:
    """One of a label belongs to the subcategory and to each of its regions."""

    def __init__(self, entries: Sequence[Correction], error: MakeError) -> None:
        self._error = error
        self._of_regions: dict[int, list[Correction]] = {}
        self._of_labels: dict[str, list[Correction]] = {}
        self.applied: list[tuple[int, str]] = []
        """Number of the region and id of the correction."""
        for correction in entries:
            if correction.subcategory is not None:
                self._of_labels.setdefault(correction.subcategory, []).append(correction)
            for number in correction.regions:
                if correction in (corrections := self._of_regions.setdefault(number, [])):
                    raise error(f"corrections → {correction.id}", f"region {number} again", "each region once")
                corrections.append(correction)

    def of_label(self, subcategory: str) -> list[Correction]:
        return self._of_labels.get(subcategory, [])

    def of_region(self, number: int, subcategory: str, printed: dict[str, str]) -> list[Correction]:
        """`printed`: the fields of the region that may be corrected."""
        corrections, of_label = self._of_regions.get(number, []), self.of_label(subcategory)
        for each in (*corrections, *of_label):
            if each.subcategory is not None and (each in corrections) != (each in of_label):
                found = f"region {number} {'among' if each in corrections else 'not among'} its regions"
                raise self._error(f"corrections → {each.id}", found, f"all regions of {each.subcategory}, no others")
        for each in corrections:
            whole = printed["subcategory" if each.subcategory else each.field]
            if each.printed not in whole or whole.replace(each.printed, each.likely) != each.corrected:
                raise self._error(f"corrections → {each.id}", each.corrected, f"a correction of “{whole}”")
            self.applied.append((number, each.id))
        return corrections

    def check_all_used(self) -> None:
        for number in self._of_regions.keys() - {number for number, _ in self.applied}:
            raise self._error("corrections", f"region {number}", "a region of the list")
