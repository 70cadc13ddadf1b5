"""What the clients do with 429, counted by a simulator that lets one request in three seconds pass."""

import asyncio
import json
import time

from notion_client.errors import APIErrorCode, APIResponseError

from notion import LIMITED_URL, RETRIES, connect, connect_async, counters

MESSAGE = "You have been rate limited. Please try again later."


def _counted(run):
    """What the simulator counted while this ran."""
    before = counters(LIMITED_URL)
    run()
    after = counters(LIMITED_URL)
    return {name: after[name] - before[name] for name in ("requests", "rate_limited")}


def _throws_at_once(checks, notion):
    def twice():
        notion.users.me()
        error = checks.error("429", notion.users.me, status=429, code=APIErrorCode.RateLimited)
        checks.holds("429: APIResponseError", isinstance(error, APIResponseError), error)
        checks.equal("429: its message", str(error), MESSAGE)
        told = error.headers["retry-after"]
        checks.holds("429: Retry-After", told in ("1", "2", "3"), told)
        data = {"rate_limit_reason": "public_api_request_rate_limit", "retry_after": told}
        checks.has("429: its body", json.loads(error.body), {"status": 429, "additional_data": data})

    checks.equal("one request, one refusal", _counted(twice), {"requests": 2, "rate_limited": 1})


def _four_at_once(checks):
    """Four at once where one passes in three seconds: with two more tries each, the last is never let in."""
    time.sleep(3.1)
    refused = []

    async def all_of_them():
        client = connect_async(base_url=LIMITED_URL)
        came = await asyncio.gather(*(client.search(query="x") for _ in range(4)), return_exceptions=True)
        refused.extend(one for one in came if isinstance(one, Exception))
        await client.aclose()

    cost = _counted(lambda: asyncio.run(all_of_them()))
    checks.equal("how many were refused", len(refused), 1 if RETRIES else 3)
    as_told = all(isinstance(error, APIResponseError) and error.code == APIErrorCode.RateLimited for error in refused)
    checks.holds("as rate limited", as_told, refused)
    retried = {"requests": 4 + 3 + 2, "rate_limited": 3 + 2 + 1}
    checks.equal("two more tries each", cost, retried if RETRIES else {"requests": 4, "rate_limited": 3})


def retries(checks, world):
    with checks.section("429"):
        client = connect(base_url=LIMITED_URL)
        if not RETRIES:
            _throws_at_once(checks, client)
            return _four_at_once(checks)

        def twice():
            client.users.me()
            began = time.monotonic()
            checks.equal("it waits", client.users.me()["type"], "bot")
            waited = time.monotonic() - began
            checks.holds("as long as it was told", waited >= 0.9, waited)

        checks.equal("a second try", _counted(twice), {"requests": 3, "rate_limited": 1})
        time.sleep(3.1)
        _throws_at_once(checks, connect(base_url=LIMITED_URL, retry=False))
        _four_at_once(checks)
