import pandas

codes = ["prefectures", "municipalities", "local_government_codes", "point_of"]
texts = {f"annotations_{name}_code": str for name in codes}  # 01 stays 01
url = "http://127.0.0.1:8000/v1/regions.csv"
regions = pandas.read_csv(url, index_col="number", dtype=texts)
print(regions.groupby("subcategory_label")["fiscal_year_start"].value_counts())
