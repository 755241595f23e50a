regions <- read.csv("http://127.0.0.1:8000/v1/regions.csv?bom=false", encoding = "UTF-8")
table(regions$subcategory_label, regions$fiscal_year_start)
