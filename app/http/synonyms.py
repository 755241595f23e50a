"""What clients of other APIs write for the names and values of this one."""

from app.japanese.folding import fold

_WRITTEN = {
    "limit": "page_size per_page size rows max max_results num_results top take first items_per_page",
    "offset": "page page_number skip start start_index cursor after p from_index",
    "q": "query keyword keywords search search_term text term terms words word s name title theme 検索 キーワード",
    "q_in": "search_in search_fields query_fields in qf scope",
    "sort": "order order_by sort_by ordering sort_order orders",
    "fields": "select columns only include props properties attributes",
    "facets": "aggs aggregations aggregate group_by counts",
    "lang": "language locale hl langs 言語",
    "type": "program programme programs programmes program_type kind 種別 事業",
    "subcategory": "category sub_category subtype phase 区分",
    "prefecture": "pref prefs area location place ken todofuken 都道府県 県",
    "number": "id ids no num region_id region_number region_no 番号",
    "fiscal_year": "year years fiscal fy nendo 年度 年",
    "fiscal_year_from": "year_from from_year since start_year year_start min_year year_min from",
    "fiscal_year_to": "year_to to_year until end_year year_end max_year year_max to",
    # values
    "fiscal_year_start": "start start_year year date",
    "fiscal_year_end": "end end_year",
    "relevance": "score rank _score best",
    "ja": "jp jpn ja-JP japanese 日本語",
    "en": "eng en-US en-GB english 英語",
    "true": "1 yes on",
    "false": "0 no off",
}
"""By what they mean. One that stands for several means the first that is known where it was written."""

SYNONYMS: dict[str, list[str]] = {}
"""What a folded word may mean."""
for _meaning, _words in _WRITTEN.items():
    for _word in _words.split():
        SYNONYMS.setdefault(fold(_word), []).append(_meaning)
