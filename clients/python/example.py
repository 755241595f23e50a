"""Show what the generated Python client does: `python example.py http://127.0.0.1:8000`. The tests run and type it."""

import sys

from cluster_regions import Client
from cluster_regions.api.regions import get_region, list_regions
from cluster_regions.models import ListRegionsFacetsItem, Problem, Region, RegionPage


def page_of(answer: object) -> RegionPage:
    assert isinstance(answer, RegionPage), answer
    return answer


def main(base_url: str) -> None:
    client = Client(base_url=base_url)

    everything = page_of(list_regions.sync(client=client))
    assert everything.total == len(everything.items) == 29

    filtered = page_of(list_regions.sync(client=client, type_=["global"], fiscal_year_from="H21"))
    assert {region.program.name for region in filtered.items} == {"グローバル型"}

    found = page_of(list_regions.sync(client=client, q="ほくりく健康"))
    assert [region.number for region in found.items] == [7]
    assert found.items[0].matches[0].term == "ほくりく健康"

    second = page_of(list_regions.sync(client=client, limit=10, offset=10))
    assert [region.number for region in second.items] == list(range(11, 21))
    assert (second.links.next_ or "").endswith("/v1/regions?limit=10&offset=20")

    counted = page_of(list_regions.sync(client=client, limit=1, facets=[ListRegionsFacetsItem.TYPE]))
    assert sum(each.count for each in counted.facets["type"]) == 29

    refused = list_regions.sync(client=client, limit=1000)
    assert isinstance(refused, Problem), refused
    assert [error.parameter for error in refused.errors or []] == ["limit"]

    first = get_region.sync_detailed(7, client=client)
    assert isinstance(first.parsed, Region)
    assert get_region.sync_detailed(7, client=client, if_none_match=first.headers["ETag"]).status_code == 304
    print("list, filter, search, page, facets, error, 304")


if __name__ == "__main__":
    main(sys.argv[1])
