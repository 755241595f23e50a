curl -o regions.csv 'http://127.0.0.1:8000/v1/regions.csv?prefecture=Hokkaido,福岡'
