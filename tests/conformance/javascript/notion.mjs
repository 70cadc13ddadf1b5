// A client under test: every answer that it gets is written down, every endpoint that it has is counted, and
// what is called otherwise in another version of Notion's API has one name here.

import { appendFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const { TRANSCRIPT, NOTION_VERSION, NOTION_TOKEN, NOTION_URL, NOTION_LIMITED_URL, NOTION_ROOT, CLIENT_RELEASE } =
  process.env;

export const version = NOTION_VERSION;
export const release = CLIENT_RELEASE;
export const url = NOTION_URL;
export const limitedUrl = NOTION_LIMITED_URL;
export const root = NOTION_ROOT;
export const hasDataSources = version >= "2025-09-03";
export const isNewest = version >= "2026-03-11";
/** Whether the client tries again by itself. */
export const retries = Number(release.split(".")[0]) >= 5;

const modules = createRequire(join(process.argv[2], "package.json"));
export const sdk = modules(`notion-${release}`);
// The first releases bring this one themselves.
const transport = retries ? fetch : modules("node-fetch");

export let sent = 0;

export function note(answer) {
  appendFileSync(TRANSCRIPT, `${JSON.stringify(answer)}\n`);
}

/** A `fetch` that writes every answer down as it came. */
function recording(tamper) {
  return async (address, options) => {
    sent += 1;
    const response = await transport(address, tamper(options));
    const body = await response.text();
    const { pathname, search } = new URL(address);
    const { headers, ok, status } = response;
    const spoken = options.headers["Notion-Version"];
    note({ method: options.method, path: pathname + search, version: spoken, status, body });
    return { ok, status, headers, text: async () => body, json: async () => JSON.parse(body) };
  };
}

export function connect({ tamper = (options) => options, ...options } = {}) {
  return new sdk.Client({
    auth: NOTION_TOKEN,
    baseUrl: url,
    notionVersion: version,
    logLevel: sdk.LogLevel.ERROR,
    logger: () => {},
    fetch: recording(tamper),
    ...options,
  });
}

/** What is no part of the simulated Notion, by the names that the clients have for it. */
const LEFT_OUT = [
  /^(agents|sessions|asyncTasks|oauth|views|fileUploads|customEmojis|webhooks)\./,
  /^blocks\.meetingNotes\./,
  /^dataSources\.listTemplates$/,
  /^pages\.(move|retrieveMarkdown|updateMarkdown)$/,
  /^comments\.(update|delete)$/,
];

const calls = new Map();

/** Counts the calls of each endpoint, wherever it hangs. */
function counting(part, path) {
  for (const [name, value] of Object.entries(part)) {
    const full = path ? `${path}.${name}` : name;
    if (typeof value === "function") {
      if (LEFT_OUT.some((one) => one.test(full))) continue;
      calls.set(full, 0);
      part[name] = (...given) => {
        calls.set(full, calls.get(full) + 1);
        return value(...given);
      };
    } else if (typeof value === "object" && value !== null) {
      counting(value, full);
    }
  }
  return part;
}

export const notion = counting(connect(), "");

export const endpoints = () => [...calls.keys()];
export const uncalled = () => [...calls].filter(([, count]) => count === 0).map(([name]) => name);

export const text = (content, more = {}) => [{ type: "text", text: { content }, ...more }];
export const plain = (texts) => texts.map((one) => one.plain_text).join("");
export const without = (answer, ...fields) =>
  Object.fromEntries(Object.entries(answer).filter(([name]) => !["request_id", ...fields].includes(name)));
export const byPage = (id) => ({ type: "page_id", page_id: id });

/** A database with its properties; `source` is what its rows belong to. */
export async function createDatabase({ parent, title, properties, ...more }) {
  const given = { parent: byPage(parent), title: text(title), ...more };
  if (!hasDataSources) {
    const database = await notion.databases.create({ ...given, properties });
    return { database, source: database.id, schema: database };
  }
  const database = await notion.databases.create({ ...given, initial_data_source: { properties } });
  const source = database.data_sources[0].id;
  return { database, source, schema: await notion.dataSources.retrieve({ data_source_id: source }) };
}

const sourceKey = hasDataSources ? "data_source_id" : "database_id";
const sources = hasDataSources ? notion.dataSources : notion.databases;

export const rowsOf = (source) => ({ type: sourceKey, [sourceKey]: source });
export const relatedTo = (source) => ({ [sourceKey]: source });
export const schemaOf = (source) => sources.retrieve({ [sourceKey]: source });
export const changeSchema = (source, change) => sources.update({ [sourceKey]: source, ...change });
export const query = (source, given = {}) => sources.query({ [sourceKey]: source, ...given });
export const queried = (source, given = {}) => [sources.query, { [sourceKey]: source, ...given }];

/** How something is put into the trash, or taken out of it. */
export const trashed = (is) => (isNewest ? { in_trash: is } : { archived: is });

export async function counters(of) {
  const answer = await fetch(`${of}/_simulator/counters`);
  return answer.json();
}

/** From now on these things go wrong, by the simulator's names for them, always or as it is said. */
export async function faults(plan) {
  const always = Object.entries(plan).map(([kind, how]) => [kind, { rate: 1, ...how }]);
  const answer = await fetch(`${url}/_simulator/faults`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(Object.fromEntries(always)),
  });
  if (!answer.ok) throw new Error(`faults: ${answer.status} ${await answer.text()}`);
}
