// Errors, as the clients' own classes and tests of them tell them apart.

import { connect, faults, hasDataSources, notion, retries, sdk, sent, text } from "./notion.mjs";

const LOST = "00000000-0000-4000-8000-00000000dead";
const { APIErrorCode, ClientErrorCode } = sdk;

/** Both that the client knows the error for Notion's, and which one it is. */
async function told(checks, what, call, expected) {
  const error = await checks.rejects(what, call);
  checks.has(what, error, expected);
  checks.holds(`${what}: isNotionClientError`, sdk.isNotionClientError(error), error);
  if (sdk.isHTTPResponseError) checks.holds(`${what}: isHTTPResponseError`, sdk.isHTTPResponseError(error), error);
  checks.holds(`${what}: APIResponseError`, sdk.APIResponseError.isAPIResponseError(error), error);
  const body = JSON.parse(error.body);
  checks.has(`${what}: its body`, body, { object: "error", status: error.status, code: error.code });
  checks.equal(`${what}: its message`, error.message, body.message);
  checks.holds(`${what}: its headers`, typeof error.headers.get("content-type") === "string", error.headers);
  if (retries) checks.equal(`${what}: its request`, error.request_id, body.request_id);
  return error;
}

/** An error whose code the client does not know, or which has none. */
async function unknown(checks, what, call, status) {
  const error = await checks.rejects(what, call);
  checks.has(what, error, { status, code: ClientErrorCode.ResponseError, name: "UnknownHTTPResponseError" });
  checks.holds(`${what}: it is told so`, sdk.UnknownHTTPResponseError.isUnknownHTTPResponseError(error), error);
  checks.holds(`${what}: isNotionClientError`, sdk.isNotionClientError(error), error);
  return error;
}

async function requests(checks) {
  const { Unauthorized, ObjectNotFound, ValidationError, InvalidJSON, InvalidRequestURL } = APIErrorCode;
  await told(checks, "a wrong token", () => connect({ auth: "ntn_wrong" }).users.me({}),
    { status: 401, code: Unauthorized, message: "API token is invalid." });
  await told(checks, "another token for one call", () => notion.users.me({ auth: "ntn_wrong" }),
    { status: 401, code: Unauthorized });
  await told(checks, "no token", () => connect({ auth: undefined }).users.me({}), { status: 401, code: Unauthorized });
  const lost = await told(checks, "a lost page", () => notion.pages.retrieve({ page_id: LOST }),
    { status: 404, code: ObjectNotFound });
  checks.holds("which page", lost.message.startsWith(`Could not find page with ID: ${LOST}. Make sure`), lost.message);
  for (const [what, call] of Object.entries({
    database: () => notion.databases.retrieve({ database_id: LOST }),
    block: () => notion.blocks.retrieve({ block_id: LOST }),
    "a list's block": () => notion.blocks.children.list({ block_id: LOST }),
    "a changed block": () => notion.blocks.update({ block_id: LOST, paragraph: { rich_text: [] } }),
    "a deleted block": () => notion.blocks.delete({ block_id: LOST }),
    "a changed page": () => notion.pages.update({ page_id: LOST, properties: {} }),
    "a new page's parent": () => notion.pages.create({ parent: { page_id: LOST }, properties: { title: text("x") } }),
  })) {
    await told(checks, `${what}, lost`, call, { status: 404, code: ObjectNotFound });
  }
  if (hasDataSources) {
    const call = () => notion.dataSources.query({ data_source_id: LOST });
    await told(checks, "a lost data source", call, { status: 404, code: ObjectNotFound });
  }
  for (const [name, call] of Object.entries({
    page_id: (id) => notion.pages.retrieve(id),
    block_id: (id) => notion.blocks.retrieve(id),
    database_id: (id) => notion.databases.retrieve(id),
    user_id: (id) => notion.users.retrieve(id),
    ...(hasDataSources && { data_source_id: (id) => notion.dataSources.retrieve(id) }),
  })) {
    await told(checks, `no ${name}`, () => call({ [name]: "AAA" }), {
      status: 400,
      code: ValidationError,
      message: `path failed validation: path.${name} should be a valid uuid, instead was \`"AAA"\`.`,
    });
  }
  await told(checks, "no parent", () => notion.pages.create({ properties: { title: text("x") } }),
    { status: 400, code: ValidationError });
  await told(checks, "no such path", () => notion.request({ path: "nothing", method: "get" }),
    { status: 400, code: InvalidRequestURL, message: "Invalid request URL." });
  await told(checks, "no such method", () => notion.request({ path: "users/me", method: "delete" }),
    { status: 400, code: InvalidRequestURL });
  const broken = connect({ tamper: (options) => ({ ...options, body: '{"query": ' }) });
  await told(checks, "broken JSON", () => broken.search({ query: "x" }), { status: 400, code: InvalidJSON });
  const nameless = connect({
    tamper: ({ headers: { "Notion-Version": _, ...headers }, ...options }) => ({ ...options, headers }),
  });
  const missing = await unknown(checks, "no version", () => nameless.users.me({}), 400);
  checks.has("no version: its body", JSON.parse(missing.body), { code: "missing_version" });
  const strange = await checks.rejects("an unknown version", () => connect({ notionVersion: "2020-01-01" }).users.me({}));
  checks.equal("an unknown version", strange.status, 400);
  checks.holds("an unknown version: which", strange.body?.includes("2020-01-01"), strange.body);
}

/** What a call costs in requests while this goes wrong, and the error that it ends with. */
async function under(checks, what, plan, call) {
  const before = sent;
  await faults(plan);
  try {
    const error = await checks.rejects(what, call);
    return { error, requests: sent - before };
  } finally {
    await faults({});
  }
}

/** Who tries again does so twice, and only where the clients' table in the facts says so. */
async function faulty(checks, world) {
  const read = () => notion.pages.retrieve({ page_id: world.page });
  const write = (emoji) => notion.pages.update({ page_id: world.page, icon: { type: "emoji", emoji } });
  const no = ClientErrorCode.ResponseError;
  const tries = retries ? 3 : 1;
  for (const [kind, call, requests, status, code] of [
    ["conflict", () => write("1️⃣"), 1, 409, APIErrorCode.ConflictError],
    ["bad_gateway", read, 1, 502, no],
    ["bad_gateway", () => write("2️⃣"), 1, 502, no],
    ["overload", () => write("3️⃣"), tries, 529, APIErrorCode.ServiceOverload ?? no],
    ["unavailable", read, tries, 503, APIErrorCode.ServiceUnavailable],
    ["unavailable", () => write("4️⃣"), 1, 503, APIErrorCode.ServiceUnavailable],
    ["internal_error", () => write("5️⃣"), 1, 500, APIErrorCode.InternalServerError],
    ["gateway_timeout", read, 1, 504, APIErrorCode.GatewayTimeout ?? no],
    ["unavailable_after_saving", () => write("💾"), 1, 503, APIErrorCode.ServiceUnavailable],
  ]) {
    const came = await under(checks, kind, { [kind]: {} }, call);
    checks.equal(`${kind}: requests`, came.requests, requests);
    checks.has(kind, came.error, { status, code });
    checks.holds(`${kind}: isNotionClientError`, sdk.isNotionClientError(came.error), came.error);
    checks.equal(`${kind}: APIResponseError`, sdk.APIResponseError.isAPIResponseError(came.error), code !== no);
  }
  checks.equal("what was saved, and nothing else", (await read()).icon, { type: "emoji", emoji: "💾" });
  if (retries) {
    await faults({ internal_error: { count: 1, methods: ["GET"] } });
    const before = sent;
    checks.equal("a read after one more try", (await read()).id, world.page);
    checks.equal("its requests", sent - before, 2);
  }
}

/** Connections that do not do what they should. */
async function broken(checks, world) {
  const hasty = connect({ timeoutMs: 300 });
  const stalled = await under(checks, "a stall", { stall: { lasts: "1s" } }, () => hasty.users.me({}));
  checks.has("a stall", stalled.error, { code: ClientErrorCode.RequestTimeout, name: "RequestTimeoutError" });
  checks.holds("a stall is told", sdk.RequestTimeoutError.isRequestTimeoutError(stalled.error), stalled.error);
  // What carries the first releases waits for the other half of a body for ever.
  for (const kind of retries ? ["cut", "cut_in_body"] : ["cut"]) {
    const { error, requests } = await under(checks, kind, { [kind]: {} }, () => notion.users.me({}));
    checks.holds(`${kind} is no answer`, error instanceof Error && !sdk.isNotionClientError(error), error);
    checks.equal(`${kind}: requests`, requests, 1);
  }
  await faults({ slow_body: { lasts: "300ms" } });
  const began = Date.now();
  checks.equal("a slow body is whole", (await notion.users.me({})).id, world.me.id);
  checks.holds("it was slow", Date.now() - began >= 200, Date.now() - began);
  await faults({});
  checks.equal("all is well again", (await notion.users.me({})).id, world.me.id);
}

export async function refusals(checks, world) {
  await checks.section("refused requests", () => requests(checks));
  await checks.section("faults", () => faulty(checks, world));
  await checks.section("broken connections", () => broken(checks, world));
}
