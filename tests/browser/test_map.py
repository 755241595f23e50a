"""A map that others make: Leaflet, from its package, draws the regions."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.support import browser
from tools import clients

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.needs("typescript")]

LEAFLET = clients.NODE / "node_modules" / "leaflet" / "dist"

DRAW = """async (path) => {
    document.body.innerHTML = '<div id="leaflet" style="height: 400px"></div>';
    const data = await (await fetch(path)).json();
    const map = L.map("leaflet").setView([36, 138], 4);
    const names = [];
    const layer = L.geoJSON(data, {
        pointToLayer: (feature, place) => L.circleMarker(place),
        onEachFeature: (feature, one) => names.push([feature.id, feature.properties.name, one.getLatLng().lat]),
    }).addTo(map);
    const bounds = layer.getBounds();
    map.fitBounds(bounds);
    const { width, height } = document.querySelector("#leaflet svg").getBoundingClientRect();
    return {
        names,
        drawn: document.querySelectorAll("#leaflet path.leaflet-interactive").length,
        bounds: [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()],
        seen: width > 0 && height > 0,
    };
}"""


@pytest.fixture
def map_page(chromium: Browser, site: httpx.Client) -> Iterator[Page]:
    """A page of somebody else's, without the policy of ours."""
    with browser.opened(chromium, site.base_url, bypass_csp=True) as page:
        page.goto("livez")
        page.add_style_tag(path=LEAFLET / "leaflet.css")
        page.add_script_tag(path=LEAFLET / "leaflet.js")
        yield page


@pytest.mark.parametrize("query", ["", "?prefecture=九州", "?q=food&fields=name"])
def test_leaflet_draws_a_marker_for_each_region(map_page: Page, site: httpx.Client, query: str) -> None:
    records = site.get(f"/v1/regions{query.replace('&fields=name', '')}").json()["items"]
    points = [record["annotations"]["point"] for record in records]
    drawn: dict[str, Any] = map_page.evaluate(DRAW, f"v1/regions.geojson{query}")
    assert drawn["names"] == [
        [record["number"], record["name"], point["latitude"]] for record, point in zip(records, points, strict=True)
    ]
    assert drawn["drawn"] == len(records) > 0
    assert drawn["seen"]
    longitudes, latitudes = ([point[name] for point in points] for name in ("longitude", "latitude"))
    assert drawn["bounds"] == [min(longitudes), min(latitudes), max(longitudes), max(latitudes)]
