regions <- read.csv(
  "http://127.0.0.1:8000/v1/regions.csv?bom=false",
  encoding = "UTF-8",
  colClasses = c( # 01 stays 01
    annotations_prefectures_code = "character", annotations_municipalities_code = "character",
    annotations_local_government_codes_code = "character", annotations_point_of_code = "character"
  )
)
table(regions$subcategory_label, regions$fiscal_year_start)
