"""How many records each list has. Of a new list this number is written by hand; its paths come from the catalogue."""

LISTS = {
    "/v1/programs": 2,
    "/v1/subcategories": 4,
    "/v1/regions": 29,
    "/v1/prefectures": 47,
    "/v1/fiscal-years": 7,
    "/v1/corrections": 4,
    "/v1/changes": 87,
}
