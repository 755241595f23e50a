// Every word of the page, in both languages. What is printed in the list comes from the API and is not translated.
import { WORDS } from "./words.js";

const MORE = {
  ja: {
    pageTitle: "継続地域一覧 — 地域クラスター 2007–2013", comma: "、", number: "番号", start: "開始年度", end: "終了年度", page: "ページ",
    tableCaption: "地域の一覧。見出しのボタンで並べ替え", first: "うち先頭 {count} 地域を表示", short: "{total}/{all} 地域",
    relevance: "一致度の高い順", inAnnotations: "注釈に一致", refused: "条件「{name}」では検索できません。{why}",
    drop: "を外す", noRegion: "番号 {number} の地域はありません。",
    gone: "サーバーに接続できません。自動的に再接続しています…", again: "再接続しました。",
    copied: "コピーしました。", selected: "選択しました。コピーの操作をしてください。", linkCopied: "この表示へのリンクをコピーしました。",
    close: "閉じる", record: "このレコードを JSON で見る", noMisprints: "表示中の地域に、誤植の疑いはありません。", field: "箇所",
  },
  en: {
    pageTitle: "Continuing Cluster Regions of Japan, 2007–2013", comma: ", ", number: "No.", start: "Start", end: "End", page: "Page",
    tableCaption: "The regions; use the buttons in the header row to sort", first: "the first {count} are shown", short: "{total}/{all} regions",
    relevance: "Best match first", inAnnotations: "found in an annotation", refused: "The condition “{name}” cannot be used: {why}",
    drop: "– remove this condition", noRegion: "There is no region no. {number}.",
    gone: "The server cannot be reached. Reconnecting automatically…", again: "Reconnected.",
    copied: "Copied.", selected: "Selected. Copy it with your browser.", linkCopied: "The link to this view has been copied.",
    close: "Close", record: "This record as JSON", noMisprints: "No misprint is suspected in the regions shown.", field: "Where",
  },
};

/** A sentence with what belongs in its places. */
export const say = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

export const TEXTS = { ja: of("ja"), en: of("en") };

function of(lang) {
  const words = { ...WORDS[lang], ...MORE[lang] };
  return { ...words, regions: (count) => (count === 1 ? words.oneRegion : say(words.countOfRegions, { count })) };
}
