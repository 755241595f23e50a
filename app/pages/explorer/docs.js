"use strict";

// The server is where this page came from, also behind a path prefix that the service knows nothing of.
const page = /** @type {any} */ (document.querySelector("[data-openapi]"));

fetch(page.dataset.openapi)
  .then((answer) => answer.json())
  .then((description) => {
    const base = new URL(".", document.baseURI).href.replace(/\/$/, "");
    const spec = { ...description, servers: [{ url: base }] };
    if (page.id === "swagger-ui") swagger(spec);
    else Redoc.init(spec, { hideDownloadButton: true }, page);
  });

// The validator is another host's.
function swagger(spec) {
  SwaggerUIBundle({ spec, domNode: page, deepLinking: true, tryItOutEnabled: true, validatorUrl: null });
}
