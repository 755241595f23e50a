"use strict";

// The server is where this page came from, also behind a path prefix that the service knows nothing of.
const page = /** @type {any} */ (document.querySelector("[data-openapi]"));
const japanese = document.documentElement.lang === "ja";
const dark = matchMedia("(prefers-color-scheme: dark)");

const DARK = {
  colors: {
    primary: { main: "#9cc4f0" },
    success: { main: "#7fc98f" },
    error: { main: "#f2a196" },
    text: { primary: "#e8e6e1", secondary: "#a9afba" },
    border: { dark: "#4a515d", light: "#343a44" },
    responses: {
      success: { color: "#7fc98f", backgroundColor: "#1b2a20" },
      error: { color: "#f2a196", backgroundColor: "#33211f" },
      redirect: { color: "#e8e6e1", backgroundColor: "#262b33" },
      info: { color: "#9cc4f0", backgroundColor: "#1d2835" },
    },
  },
  schema: { linesColor: "#4a515d", typeNameColor: "#a9afba", typeTitleColor: "#9cc4f0", requireLabelColor: "#f2a196", nestedBackground: "#1b1f26", arrow: { color: "#a9afba" } },
  typography: { code: { color: "#f2a196", backgroundColor: "#1b1f26" } },
  sidebar: { backgroundColor: "#1b1f26", textColor: "#e8e6e1", activeTextColor: "#9cc4f0", arrow: { color: "#a9afba" } },
  rightPanel: { backgroundColor: "#1b1f26" },
};

fetch(page.dataset.openapi)
  .then((answer) => answer.json())
  .then((description) => {
    const base = new URL(page.dataset.openapi, document.baseURI).href.replace(/\/[^/]*$/, "");
    const spec = { ...description, servers: [{ url: base }] };
    const show = page.id === "redoc" ? () => redoc(spec) : () => document.documentElement.classList.toggle("dark-mode", dark.matches);
    if (page.id === "swagger-ui") swagger(spec);
    show();
    dark.addEventListener("change", show);
  });

function redoc(spec) {
  Redoc.init(spec, { hideDownloadButton: true, theme: dark.matches ? DARK : {} }, page);
}

/** "Try it out" sends what a field holds when it opens: examples and defaults are said in words instead. */
function swagger(spec) {
  const operations = Object.values(spec.paths).flatMap((path) => Object.values(path));
  const parameters = [...operations.flatMap((each) => each.parameters), ...Object.values(spec.components.parameters)];
  for (const each of parameters) if (["query", "header"].includes(each.in)) inWords(each);
  SwaggerUIBundle({
    spec,
    domNode: page,
    deepLinking: true,
    tryItOutEnabled: true,
    validatorUrl: null, // another host's
  });
}

function inWords(parameter) {
  const { schema } = parameter;
  const [example, byDefault] = japanese ? ["例", "省略時"] : ["Example", "Default"];
  const values = { [example]: parameter.example ?? schema.examples?.[0], [byDefault]: schema.default };
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) parameter.description += `\n\n${name}: \`${[value].flat().join(",")}\``;
  }
  delete parameter.example;
  delete schema.examples;
  delete schema.default;
}
