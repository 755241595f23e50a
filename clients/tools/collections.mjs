// Collections for Postman and Bruno: `node collections.mjs openapi.json FOLDER` writes postman.json and bruno.json.
// Optional parameters are there to be switched on; their values are the examples of the description.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openApiToBruno } from "@usebruno/converters";
import postman from "openapi-to-postmanv2";

const [description, folder] = process.argv.slice(2);
const text = readFileSync(description, "utf8");
const write = (name, collection) => writeFileSync(join(folder, name), JSON.stringify(collection, null, 1));

const options = { folderStrategy: "Tags", parametersResolution: "Example", enableOptionalParameters: false };
postman.convertV2({ type: "string", data: text }, options, (error, { result, reason, output } = {}) => {
  if (error || !result) throw error ?? new Error(reason);
  write("postman.json", output[0].data);
});
write("bruno.json", await openApiToBruno(JSON.parse(text)));
