"""Every list there is."""

from typing import Any

from app import changes, corrections, fiscal_years, prefectures, programs, regions, subcategories
from app.answer import Collection

COLLECTIONS: tuple[Collection[Any], ...] = (
    programs.PROGRAMS,
    subcategories.SUBCATEGORIES,
    regions.REGIONS,
    prefectures.PREFECTURES,
    fiscal_years.FISCAL_YEARS,
    corrections.CORRECTIONS,
    changes.CHANGES,
)
