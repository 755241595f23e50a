// Runs first: where the page will show something else than the server wrote, it waits and does not change under the eye.
const wanted = () => {
  try {
    return localStorage.getItem("lang");
  } catch {
    return null;
  }
};
const otherwise = /[#&?](q|sort|view|region|type|subcategory|prefecture|fiscal_year)=./.test(location.hash);
const spoken = location.hash.match(/[#&]lang=(ja|en)/)?.[1] ?? (location.search.includes("lang=") ? null : wanted());
if (otherwise || (spoken && spoken !== document.documentElement.lang)) document.body.dataset.waits = "";
