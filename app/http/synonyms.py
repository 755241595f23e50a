"""List what clients of other APIs write for the names and values of this one."""

from app.japanese.folding import fold

_WRITTEN = {
    "limit": "page_size per_page size rows max max_results max_records num_results num count length results hits "
    "top take first items_per_page",
    "offset": "page page_number page_no page_num page_index page_token next_token current_page skip start start_index "
    "cursor after p from_index",
    "q": "query keyword keywords search search_term text term terms words word s name title theme freeword free_word "
    "検索 キーワード フリーワード",
    "q_in": "search_in search_fields query_fields in qf scope",
    "sort": "order order_by sort_by ordering sort_order sort_key sort_dir direction dir orders",
    "fields": "select columns only include props properties attributes",
    "facets": "aggs aggregations aggregate group_by counts",
    "lang": "language locale hl langs 言語",
    "type": "program programme programs programmes program_id programme_id program_type type_id kind 種別 事業",
    "subcategory": "category subcategory_id category_id sub_category subtype phase 区分",
    "number": "id ids no region regions region_id region_number region_no region_num 番号",
    "prefecture": "pref prefs pref_code pref_cd pref_id pref_name prefecture_code prefecture_id prefecture_name area "
    "location place region ken todofuken 都道府県 県 地方",
    "fiscal_year": "year years fiscal fy nendo 年度 年",
    "fiscal_year_from": "year_from from_year since start_year year_start min_year year_min from",
    "fiscal_year_to": "year_to to_year until end_year year_end max_year year_max to",
    # values
    "annotations": "name_en name_kana name_romaji title_en title_kana theme_en research_fields prefectures "
    "municipalities corrections local_governments annotation",
    "program": "type",
    "fiscal_year_start": "start start_year start_date year fiscal_year date",
    "fiscal_year_end": "end end_year end_date",
    "relevance": "score rank _score best",
    "ja": "jp jpn ja-JP japanese 日本語",
    "en": "eng en-US en-GB english 英語",
    "true": "1 yes on",
    "false": "0 no off",
}
"""Words by their meaning. One that has several means the first that is known where it was written."""

SYNONYMS: dict[str, list[str]] = {}
"""The possible meanings of a folded word."""
for _meaning, _words in _WRITTEN.items():
    for _word in _words.split():
        SYNONYMS.setdefault(fold(_word), []).append(_meaning)
