import json
from urllib.request import urlopen

with urlopen("{url}") as answer:
    page = json.load(answer)
for region in page["items"]:
    print(region["number"], region["name"])
