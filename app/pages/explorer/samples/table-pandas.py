import pandas

regions = pandas.read_csv("http://127.0.0.1:8000/v1/regions.csv", index_col="number")
print(regions.groupby("subcategory_label")["fiscal_year_start"].value_counts())
