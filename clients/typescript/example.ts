// What the generated TypeScript client can do: `node built/example.js http://127.0.0.1:8000`. The tests compile and run it.

import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Region = components["schemas"]["Region"];

const client = createClient<paths>({
  baseUrl: process.argv[2],
  querySerializer: { array: { style: "form", explode: false } },
});

async function list(query: paths["/v1/regions"]["get"]["parameters"]["query"]) {
  const { data, error } = await client.GET("/v1/regions", { params: { query } });
  assert.ok(data, JSON.stringify(error));
  return data;
}

const numbers = (regions: Region[]) => regions.map((region) => region.number);

const everything = await list({});
assert.equal(everything.total, 29);
assert.equal(everything.items.length, 29);

const filtered = await list({ type: ["global"], fiscal_year_from: "H21" });
assert.deepEqual(new Set(filtered.items.map((region) => region.program.name)), new Set(["グローバル型"]));

const found = await list({ q: "ほくりく健康" });
assert.deepEqual(numbers(found.items), [7]);
assert.equal(found.items[0].matches[0].term, "ほくりく健康");

const second = await list({ limit: 10, offset: 10 });
assert.deepEqual(numbers(second.items), Array.from({ length: 10 }, (_, index) => index + 11));
assert.ok(second.links.next?.endsWith("/v1/regions?limit=10&offset=20"));

const counted = await list({ limit: 1, facets: ["type", "subcategory"] });
assert.equal(counted.facets.type.reduce((sum, each) => sum + each.count, 0), 29);

const refused = await client.GET("/v1/regions", { params: { query: { limit: 1000 } } });
assert.equal(refused.response.status, 422);
assert.deepEqual(refused.error?.errors?.map((error) => error.parameter), ["limit"]);

const path = { region_number: 7 };
const first = await client.GET("/v1/regions/{region_number}", { params: { path } });
assert.equal(first.data?.title, "ほくろく健康創造クラスター");
const header = { "If-None-Match": first.response.headers.get("ETag") ?? "" };
const again = await client.GET("/v1/regions/{region_number}", { params: { path, header } });
assert.equal(again.response.status, 304);

console.log("list, filter, search, page, facets, error, 304");
