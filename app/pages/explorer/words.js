// Words that the server's pages and the explorer share, in both languages. The part behind `=` is JSON: Python reads it.
export const WORDS = {
  "ja": {
    "heading": "継続地域一覧",
    "guide": "使い方",
    "terms": "利用条件",
    "docs": "API",
    "reference": "API リファレンス",
    "language": "言語",
    "changelog": "変更履歴",
    "problem": "エラーの種類",
    "problems": "ほかの種類",
    "unofficial": "非公式版です。文部科学省が作成・承認したものではありません。",
    "siteDescription": "文部科学省の「地域クラスターの持続的な発展に向けて（継続地域一覧）」を、原文のまま検索できる非公式版です。",
    "nearest": "近いパス：",
    "home": "検索ページへ戻る",
    "allowed": "使える値：",
    "suggestion": "もしかして：",
    "requestId": "リクエスト ID："
  },
  "en": {
    "heading": "Continuing Cluster Regions",
    "guide": "Guide",
    "terms": "Terms",
    "docs": "API",
    "reference": "API reference",
    "language": "Language",
    "changelog": "Changelog",
    "problem": "Problem type",
    "problems": "Other types",
    "unofficial": "An unofficial edition, not made or approved by the ministry.",
    "siteDescription": "An unofficial, verbatim and searchable edition of the list of continuing cluster regions of Japan’s Ministry of Education, Culture, Sports, Science and Technology (MEXT).",
    "nearest": "The nearest path: ",
    "home": "Back to the search page",
    "allowed": "Allowed: ",
    "suggestion": "Did you mean ",
    "requestId": "Request id: "
  }
};
