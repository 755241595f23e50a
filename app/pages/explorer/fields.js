// What is shown of a region, in this order, by its page and by the dialog. Behind `=` stands JSON: Python reads it, too.
// `lang`: language of the texts; without it they are names, in that of the page. `kind`: how a value is written.
// `english`: what stands beside the printed text on an English page, if there is a value.
export const FIELDS = [
  { "path": "name", "kind": "heading", "label": { "ja": "地域名", "en": "Name" } },
  { "path": "title", "lang": "ja", "english": "annotations.title_en", "label": { "ja": "クラスター名", "en": "Cluster title" } },
  { "path": "theme", "lang": "ja", "english": "annotations.theme_en", "label": { "ja": "テーマ", "en": "Theme" } },
  { "path": "program.name", "lang": "ja", "english": "program.name_en", "label": { "ja": "種別", "en": "Type" } },
  { "path": "subcategory.label", "lang": "ja", "english": "subcategory.label_en", "label": { "ja": "区分", "en": "Subcategory" } },
  { "path": "fiscal_years_label", "kind": "years", "label": { "ja": "年度", "en": "Fiscal years" } },
  { "path": "source", "kind": "source", "label": { "ja": "出典", "en": "Source" } },
  { "path": "annotations.name_kana", "lang": "ja", "label": { "ja": "地域名の読み", "en": "Reading of the name" } },
  { "path": "annotations.name_romaji", "lang": "ja-Latn", "label": { "ja": "ローマ字", "en": "Romanisation" } },
  { "path": "annotations.name_en", "lang": "en", "label": { "ja": "英語名", "en": "English name" } },
  { "path": "annotations.title_kana", "lang": "ja", "label": { "ja": "クラスター名の読み", "en": "Reading of the title" } },
  { "path": "annotations.title_en", "lang": "en", "label": { "ja": "クラスター英語名", "en": "English title" } },
  { "path": "annotations.theme_en", "lang": "en", "label": { "ja": "テーマの英訳", "en": "English theme" } },
  { "path": "annotations.prefectures", "label": { "ja": "都道府県", "en": "Prefectures" } },
  { "path": "annotations.municipalities", "kind": "places", "lang": "ja", "label": { "ja": "名称にある市町村", "en": "Municipalities in the name" } },
  { "path": "annotations.point", "kind": "point", "lang": "ja", "label": { "ja": "地図上の代表点", "en": "Point on a map" } },
  { "path": "annotations.local_governments", "lang": "ja", "label": { "ja": "自治体", "en": "Local governments" } },
  { "path": "annotations.local_government_codes", "kind": "places", "lang": "ja", "label": { "ja": "自治体コード", "en": "Codes of local governments" } },
  { "path": "annotations.research_fields", "lang": "ja", "label": { "ja": "特定領域", "en": "Research fields" } },
  { "path": "annotations.research_fields_en", "lang": "en", "label": { "ja": "特定領域（英語）", "en": "Research fields in English" } }
];
