regions <- read.csv(
  "http://127.0.0.1:8000/v1/regions.csv?bom=false",
  encoding = "UTF-8",
  colClasses = c(annotations_prefectures_code = "character") # 01 stays 01
)
table(regions$subcategory_label, regions$fiscal_year_start)
