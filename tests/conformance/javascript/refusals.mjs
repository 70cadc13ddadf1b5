// Errors, as the clients' own classes and tests of them tell them apart.

import { connect, faults, hasDataSources, notion, retries, sdk, sent, text, root } from "./notion.mjs";

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
  await told(checks, "no id", () => notion.pages.retrieve({ page_id: "AAA" }), {
    status: 400,
    code: ValidationError,
    message: 'path failed validation: path.page_id should be a valid uuid, instead was `"AAA"`.',
  });
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

/** What a call costs in requests, and the error that it ends with. */
async function under(checks, what, rates, call) {
  const before = sent;
  await faults(rates);
  try {
    const error = await checks.rejects(what, call);
    return { error, requests: sent - before };
  } finally {
    await faults({});
  }
}

async function broken(checks, world) {
  const read = () => notion.pages.retrieve({ page_id: root });
  const write = () => notion.pages.update({ page_id: world.page, icon: null });
  const costs = async (what, rates, call, expected, error) => {
    const came = await under(checks, what, rates, call);
    checks.equal(`${what}: requests`, came.requests, expected);
    checks.has(what, came.error, error);
    checks.holds(`${what}: isNotionClientError`, sdk.isNotionClientError(came.error), came.error);
  };
  const unknownCode = ClientErrorCode.ResponseError;
  await costs("409 on a write", { conflict: 1 }, write, 1, { status: 409, code: APIErrorCode.ConflictError });
  await costs("502 without JSON", { bad_gateway: 1 }, read, 1, { status: 502, code: unknownCode });
  const tries = retries ? 3 : 1;
  const overload = APIErrorCode.ServiceOverload ?? unknownCode;
  await costs("529 on a write", { overload: 1 }, write, tries, { status: 529, code: overload });
  await costs("503 after saving", { unavailable_after_saving: 1 },
    () => notion.pages.update({ page_id: world.page, icon: { type: "emoji", emoji: "💾" } }), 1,
    { status: 503, code: APIErrorCode.ServiceUnavailable });
  checks.equal("it was saved", (await read({ page_id: world.page })).object, "page");
  const saved = await notion.pages.retrieve({ page_id: world.page });
  checks.equal("what was saved", saved.icon, { type: "emoji", emoji: "💾" });

  const hasty = connect({ timeoutMs: 300 });
  const stalled = await under(checks, "a stall", { stall: 1 }, () => hasty.users.me({}));
  checks.has("a stall", stalled.error, { code: ClientErrorCode.RequestTimeout, name: "RequestTimeoutError" });
  checks.holds("a stall is told", sdk.RequestTimeoutError.isRequestTimeoutError(stalled.error), stalled.error);
  const cut = await under(checks, "a cut connection", { cut: 1 }, () => notion.users.me({}));
  checks.holds("a cut connection is no answer", !sdk.isNotionClientError(cut.error), cut.error);
  await faults({ slow_body: 1 });
  checks.equal("a slow body is whole", (await notion.users.me({})).id, world.me.id);
  await faults({});
  checks.equal("all is well again", (await notion.users.me({})).id, world.me.id);
}

export async function refusals(checks, world) {
  await checks.section("refused requests", () => requests(checks));
  await checks.section("a broken Notion", () => broken(checks, world));
}
