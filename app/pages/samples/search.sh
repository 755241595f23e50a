curl 'http://127.0.0.1:8000/v1/regions?type=global&fiscal_year=H21&q=医療'
