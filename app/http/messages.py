"""Every sentence that a client may read besides the data, in English and Japanese."""

from typing import Literal

Language = Literal["en", "ja"]

DESCRIPTION: dict[Language, str] = {
    "en": "The list of {regions} regional clusters of Japan's Ministry of Education, Culture, Sports, Science and "
    "Technology (MEXT), verbatim and searchable",
    "ja": "文部科学省の継続地域一覧（{regions} 地域）を原文のまま、検索できる形で公開",
}
"""A sentence about the list, with the number of regions of the edition that is served."""

SUMMARY = DESCRIPTION["en"].replace("{regions} ", "")
"""The description where no edition is read."""

LICENSE_NOTE: dict[Language, str] = {
    "en": "The source names no licence. Texts as printed are the ministry's. Annotations were compiled for this "
    "edition from the pages and data sets that they name; coordinates are from GeoNames (CC BY 4.0).",
    "ja": "元の一覧に利用条件の記載はありません。一覧の文章は文部科学省によるものです。annotations は、各項目に示した"
    "ページとデータをもとに本サービスがまとめたもので、座標は GeoNames（CC BY 4.0）によります。",
}

TITLES: dict[str, dict[Language, str]] = {
    "invalid-parameter": {"en": "Invalid parameter", "ja": "パラメーターが正しくありません"},
    "not-found": {"en": "Not found", "ja": "見つかりません"},
    "gone": {"en": "Gone", "ja": "取り下げられました"},
    "method-not-allowed": {"en": "Method not allowed", "ja": "このメソッドは使えません"},
    "not-acceptable": {"en": "Not acceptable", "ja": "求められた形式では返せません"},
    "uri-too-long": {"en": "Request target too long", "ja": "URL が長すぎます"},
    "internal-error": {"en": "Internal error", "ja": "内部エラー"},
    "unavailable": {"en": "Temporarily unavailable", "ja": "一時的に利用できません"},
}
"""The title of each problem type."""

EXPLANATIONS: dict[str, dict[Language, str]] = {
    "invalid-parameter": {
        "en": "A parameter is unknown, given twice, empty, malformed or out of range. `errors` has an entry for each, "
        "with what is allowed. Correct the request; sending it again unchanged will not help.",
        "ja": "パラメーターの名前が正しくない、重複している、値が空である、書式が正しくない、範囲外である、"
        "のいずれかです。"
        "`errors` に項目ごとの説明と使える値があります。リクエストを直してください。そのまま再送しても結果は同じです。",
    },
    "not-found": {
        "en": "Nothing is published at this path, or no record has this id.",
        "ja": "このパスには何も公開されていないか、この ID のレコードがありません。",
    },
    "gone": {
        "en": "A record of this id was published once and was withdrawn. Its id is not used again.",
        "ja": "この ID のレコードは以前公開していましたが、取り下げました。ID は再利用しません。",
    },
    "method-not-allowed": {
        "en": "The API only reads: GET, HEAD and OPTIONS.",
        "ja": "この API は読み取り専用です（GET、HEAD、OPTIONS）。",
    },
    "not-acceptable": {
        "en": "The resource exists, but not in a media type that the request accepts.",
        "ja": "リソースはありますが、Accept で求められた形式では返せません。",
    },
    "uri-too-long": {
        "en": "The request target is longer than 8 KB.",
        "ja": "リクエストの URL が 8 KB を超えています。",
    },
    "internal-error": {
        "en": "A fault of the service, not of the request. Please report the request id.",
        "ja": "リクエストではなくサービス側の不具合です。リクエスト ID をお知らせください。",
    },
    "unavailable": {
        "en": "The data cannot be read at the moment. Wait as many seconds as Retry-After says and try again.",
        "ja": "現在データを読み出せません。Retry-After の秒数だけ待ってから、もう一度お試しください。",
    },
}
"""The meaning of each problem type, for its page."""

DETAILS: dict[str, dict[Language, str]] = {
    "invalid-parameter": {
        "en": "The request was not carried out; wrong: {parameters}. See `errors`.",
        "ja": "リクエストは実行されませんでした。正しくないパラメーターは {parameters} です。`errors` をご覧ください。",
    },
    "many-invalid-parameters": {
        "en": "The request was not carried out; more than {count} errors, the first in: {parameters}. See `errors`.",
        "ja": "リクエストは実行されませんでした。誤りが {count} か所を超えています。"
        "最初に見つかったのは {parameters} です。`errors` をご覧ください。",
    },
    "route": {
        "en": "There is nothing at this path. GET /v1 lists what there is.",
        "ja": "このパスには何もありません。GET /v1 に一覧があります。",
    },
    "format": {
        "en": "There is nothing here in this format. Available: {available}.",
        "ja": "この形式では返せません。返せる形式は {available} です。",
    },
    "route-slash": {
        "en": "There is nothing at this path; no path here ends in a slash.",
        "ja": "このパスには何もありません。末尾にスラッシュの付くパスはありません。",
    },
    "record": {
        "en": "There is no record with this id. {collection} lists those that exist.",
        "ja": "この ID のレコードはありません。{collection} に一覧があります。",
    },
    "gone": {
        "en": "This record was withdrawn; its id is not used again.",
        "ja": "このレコードは取り下げました。ID は再利用しません。",
    },
    "method-not-allowed": {
        "en": "This API only reads. Allowed here: {allow}.",
        "ja": "この API は読み取り専用です。使えるメソッドは {allow} です。",
    },
    "not-acceptable": {
        "en": "None of the media types in Accept is available here. Use one of: {available}.",
        "ja": "Accept のどの形式でも返せません。返せる形式は {available} です。",
    },
    "uri-too-long": {
        "en": "The path and query together may have {limit} bytes at most.",
        "ja": "パスとクエリは合わせて {limit} バイトまでです。",
    },
    "internal-error": {
        "en": "The service failed. Please report the id in `instance`.",
        "ja": "サービス側の不具合です。`instance` の ID を添えてお知らせください。",
    },
    "unavailable": {
        "en": "The data cannot be read right now. Try again in {seconds} seconds.",
        "ja": "現在データを読み出せません。{seconds} 秒後にもう一度お試しください。",
    },
    "draining": {
        "en": "This process is about to stop. Another one may answer; try again in {seconds} seconds.",
        "ja": "このプロセスはまもなく停止します。{seconds} 秒後にもう一度お試しください。",
    },
}
"""The detail of each way to fail."""

NEAREST: dict[Language, str] = {
    "en": "The nearest path that exists is {path}.",
    "ja": "最も近いパスは {path} です。",
}
"""The sentence that a problem document adds to its detail if it knows what was likely meant."""

PARAMETER_DETAILS: dict[str, dict[Language, str]] = {
    "unknown": {"en": "Unknown parameter.", "ja": "このパラメーターはありません。"},
    "duplicate": {"en": "May be given only once.", "ja": "一度しか指定できません。"},
    "repeated": {
        "en": "The value “{value}” is given more than once.",
        "ja": "値「{value}」が重複しています。",
    },
    "empty": {
        "en": "The value is empty; leave the parameter out instead.",
        "ja": "値が空です。指定しない場合は、パラメーターごと省いてください。",
    },
    "encoding": {
        "en": "The percent-encoding is broken or not UTF-8.",
        "ja": "パーセントエンコーディングが壊れているか、UTF-8 ではありません。",
    },
    "nameless": {
        "en": "A part of the query, between two &, has no name; write name=value, joined by one &.",
        "ja": "クエリの中に、名前のない部分があります。「名前=値」を & で区切って並べてください。",
    },
    "too-many": {"en": "At most {limit} values.", "ja": "値は {limit} 個までです。"},
    "not-an-integer": {
        "en": "“{value}” is not written as an integer: digits, without leading zeros.",
        "ja": "「{value}」は整数の書き方ではありません。数字だけで、先頭に 0 を付けずに書いてください。",
    },
    "out-of-range": {"en": "“{value}” is out of range.", "ja": "「{value}」は範囲外です。"},
    "not-allowed": {"en": "“{value}” is not a known value.", "ja": "「{value}」は使えない値です。"},
    "no-name": {
        "en": "“{value}” is not a known value. Give an id or a name, Japanese or English.",
        "ja": "「{value}」は使えない値です。ID か名称（日本語または英語）を指定してください。",
    },
    "no-name-or-area": {
        "en": "“{value}” is not a known value. Give the code or the name of a prefecture, or the name of an area "
        "(地方), Japanese or English.",
        "ja": "「{value}」は使えない値です。"
        "都道府県のコードか名称、または地方名（日本語または英語）を指定してください。",
    },
    "too-long": {
        "en": "The text is too long: {limit} characters at most.",
        "ja": "テキストが長すぎます。{limit} 文字までです。",
    },
    "too-long-folded": {
        "en": "The text is too long: {limit} characters at most, as it is compared (one may become several).",
        "ja": "テキストが長すぎます。検索用に変換した後の長さで {limit} 文字までです"
        "（1 文字が複数になることがあります）。",
    },
    "too-many-terms": {
        "en": "The text has too many terms: {limit} at most, separated by spaces.",
        "ja": "検索語が多すぎます。空白で区切って {limit} 語までです。",
    },
    "operator": {
        "en": "`q` knows no operators such as “{value}”: every term must occur, and text in double quotes is one term.",
        "ja": "「{value}」のような演算子は使えません。q はすべての語を含む地域を探し、"
        "二重引用符で囲んだ部分は 1 語とみなします。",
    },
    "no-text": {
        "en": "Nothing is left to search for: only letters, numbers and marks count.",
        "ja": "検索の対象になる文字がありません。記号や空白だけでは検索できません。",
    },
    "json-only": {
        "en": "Available in JSON lists only, not in exports.",
        "ja": "JSON の一覧でだけ使えます。CSV、NDJSON、GeoJSON では使えません。",
    },
    "not-in-tables": {
        "en": "“{value}” is available in JSON, NDJSON and GeoJSON only: it makes no columns.",
        "ja": "「{value}」は JSON、NDJSON、GeoJSON でだけ使えます。CSV の列にはなりません。",
    },
    "csv-only": {"en": "Available in CSV only.", "ja": "CSV でだけ使えます。"},
    "whole-only": {
        "en": "In this format only the whole record is available.",
        "ja": "この形式では、項目を選ばずレコード全体を返します。",
    },
    "needs-q": {"en": "This works only together with `q`.", "ja": "q と一緒に使ってください。"},
    "inverted": {
        "en": "The span ends before it begins: {first} is after {last}.",
        "ja": "期間が逆です。{first} は {last} より後です。",
    },
    "year-malformed": {
        "en": "“{value}” is not a fiscal year.",
        "ja": "「{value}」は年度として読めません。",
    },
    "year-two-digits": {
        "en": "“{value}” is ambiguous: write an era (H{value}) or four digits.",
        "ja": "「{value}」はあいまいです。元号（H{value}）か西暦 4 桁で書いてください。",
    },
    "year-calendar": {
        "en": "“{value}” is a calendar year; a fiscal year is written {value}度.",
        "ja": "「{value}」は暦年です。年度は「{value}度」と書いてください。",
    },
    "year-never-was": {
        "en": "“{value}” never existed: that era has no fiscal year of this number.",
        "ja": "「{value}」という年度はありません。",
    },
    "year-out-of-range": {
        "en": "“{value}” is outside the fiscal years 1886 to 2199.",
        "ja": "「{value}」は 1886〜2199 年度の範囲外です。",
    },
}
"""The detail of each flaw of a parameter, by the flaw's code or sentence."""
