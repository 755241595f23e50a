"""Every list there is."""

from typing import Any

from app.http.responses import Collection
from app.routers import changes, corrections, fiscal_years, prefectures, programs, subcategories
from app.routers.regions import endpoints

COLLECTIONS: tuple[Collection[Any], ...] = (
    programs.PROGRAMS,
    subcategories.SUBCATEGORIES,
    endpoints.REGIONS,
    prefectures.PREFECTURES,
    fiscal_years.FISCAL_YEARS,
    corrections.CORRECTIONS,
    changes.CHANGES,
)
