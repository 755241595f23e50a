// The samples of the guide ask the service that the page came from, also behind a path prefix that it knows nothing of.
const home = /** @type {HTMLAnchorElement} */ (document.querySelector("a[data-home]"));
const address = home.href.replace(/\?.*/, "").replace(/\/$/, "");
for (const place of document.querySelectorAll("[data-address]")) place.textContent = address;
