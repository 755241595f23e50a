import json
from urllib.parse import urlencode
from urllib.request import urlopen

query = urlencode({"q": "医療", "fiscal_year_from": "H21"})
with urlopen(f"http://127.0.0.1:8000/v1/regions?{query}") as answer:
    page = json.load(answer)
for region in page["items"]:
    print(region["number"], region["name"], region["fiscal_years_label"])
