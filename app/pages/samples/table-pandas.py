import pandas

url = "http://127.0.0.1:8000/v1/regions.csv"
regions = pandas.read_csv(url, index_col="number", dtype={"annotations_prefectures_code": str})  # 01 stays 01
print(regions.groupby("subcategory_label")["fiscal_year_start"].value_counts())
