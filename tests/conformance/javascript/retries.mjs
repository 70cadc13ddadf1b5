// What the clients do with 429, counted by a simulator that lets one request in three seconds pass.

import { connect, counters, limitedUrl, retries as triesAgain, sdk } from "./notion.mjs";

const BODY = {
  object: "error",
  status: 429,
  code: "rate_limited",
  message: "You have been rate limited. Please try again later.",
};

/** What the simulator counted while this ran. */
async function counted(run) {
  const before = await counters(limitedUrl);
  await run();
  const after = await counters(limitedUrl);
  return { requests: after.requests - before.requests, rate_limited: after.rate_limited - before.rate_limited };
}

const rest = () => new Promise((resume) => setTimeout(resume, 3_100));

async function throwsAtOnce(checks, notion) {
  const cost = await counted(async () => {
    await notion.users.me({});
    const error = await checks.rejects("429", () => notion.users.me({}));
    checks.has("429", error, { status: 429, code: sdk.APIErrorCode.RateLimited, message: BODY.message });
    const told = error.headers.get("retry-after");
    checks.holds("429: Retry-After", ["1", "2", "3"].includes(told), told);
    const data = { rate_limit_reason: "public_api_request_rate_limit", retry_after: told };
    checks.has("429: its body", JSON.parse(error.body), { ...BODY, additional_data: data });
    checks.holds("429: APIResponseError", sdk.APIResponseError.isAPIResponseError(error), error);
  });
  checks.equal("one request, one refusal", cost, { requests: 2, rate_limited: 1 });
}

/** Four at once where one passes in three seconds: with two more tries each, the last is never let in. */
async function fourAtOnce(checks, notion) {
  await rest();
  let refused = [];
  const cost = await counted(async () => {
    const calls = Array.from({ length: 4 }, () => notion.search({ query: "x" }));
    refused = (await Promise.allSettled(calls)).filter(({ status }) => status === "rejected");
  });
  checks.equal("how many were refused", refused.length, triesAgain ? 1 : 3);
  checks.equal("as rate limited", refused.every(({ reason }) => reason.code === "rate_limited"), true);
  const expected = triesAgain ? { requests: 4 + 3 + 2, rate_limited: 3 + 2 + 1 } : { requests: 4, rate_limited: 3 };
  checks.equal("two more tries each", cost, expected);
}

export async function retries(checks) {
  await checks.section("429", async () => {
    const notion = connect({ baseUrl: limitedUrl });
    if (!triesAgain) {
      await throwsAtOnce(checks, notion);
      return fourAtOnce(checks, notion);
    }
    const cost = await counted(async () => {
      await notion.users.me({});
      const began = Date.now();
      checks.equal("it waits", (await notion.users.me({})).type, "bot");
      checks.holds("as long as it was told", Date.now() - began >= 900, Date.now() - began);
    });
    checks.equal("a second try", cost, { requests: 3, rate_limited: 1 });
    await rest();
    await throwsAtOnce(checks, connect({ baseUrl: limitedUrl, retry: false }));
    return fourAtOnce(checks, notion);
  });
}
