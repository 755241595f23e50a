// A cache in the style of React Query: `node built/cache.js http://127.0.0.1:8000`. The tests compile and run it.

import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { paths } from "./schema.js";

type Answer<Data> = { data?: Data; response: Response };

/** Return `query(key)`: within `staleTime` from memory, later with the ETag, of which a 304 says that it is still right. */
export function createQuery<Key, Data>(ask: (key: Key, etag?: string) => Promise<Answer<Data>>, staleTime = 60_000) {
  const kept = new Map<string, { data: Data; etag?: string; at: number }>();
  return async (key: Key): Promise<Data> => {
    const name = JSON.stringify(key);
    const known = kept.get(name);
    if (known && Date.now() - known.at < staleTime) return known.data;
    const { data = known?.data, response } = await ask(key, known?.etag);
    if (data === undefined || !(response.ok || response.status === 304)) throw new Error(`${response.status}`);
    kept.set(name, { data, etag: response.headers.get("ETag") ?? undefined, at: Date.now() });
    return data;
  };
}

const client = createClient<paths>({ baseUrl: process.argv[2] });
const statuses: number[] = [];

const region = createQuery(async (region_number: number, etag?: string) => {
  const params = { path: { region_number }, header: { "If-None-Match": etag } };
  const answer = await client.GET("/v1/regions/{region_number}", { params });
  statuses.push(answer.response.status);
  return answer;
}, 50);

const first = await region(7);
assert.equal(first.name, "富山・石川地域");
assert.equal(await region(7), first); // fresh: nothing was asked
await new Promise((done) => setTimeout(done, 60));
assert.equal(await region(7), first); // stale, and still right
assert.deepEqual(statuses, [200, 304]);
await assert.rejects(region(999));

console.log("200, memory, 304, error");
