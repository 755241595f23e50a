from urllib.parse import urlencode

import pandas

query = urlencode({"prefecture": "北海道,石川"})  # urllib takes no Japanese in a URL as it is
url = f"http://127.0.0.1:8000/v1/regions.csv?{query}"
regions = pandas.read_csv(url, dtype={"annotations_prefectures_code": str})
lists = ["annotations_prefectures_code", "annotations_prefectures_name"]
for column in lists:
    regions[column] = regions[column].str.split("|")
print(regions.explode(lists)[["number", "name", *lists]].to_csv(index=False))
