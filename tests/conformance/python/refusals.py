"""Errors, as the clients' own classes and tests of them tell them apart."""

import httpx
from notion_client import errors
from notion_client.errors import APIErrorCode, APIResponseError, HTTPResponseError, RequestTimeoutError

import notion as under_test
from notion import HAS_DATA_SOURCES, RETRIES, connect, faults, notion, query, text

LOST = "00000000-0000-4000-8000-00000000dead"
UNKNOWN = "notionhq_client_response_error"


def _told(checks, what, call, status, code, message=None):
    error = checks.error(what, call, status=status, code=code)
    checks.holds(f"{what}: APIResponseError", isinstance(error, APIResponseError), error)
    checks.holds(f"{what}: HTTPResponseError", isinstance(error, HTTPResponseError), error)
    if hasattr(errors, "is_notion_client_error"):
        checks.holds(f"{what}: is_notion_client_error", errors.is_notion_client_error(error), error)
    if message:
        checks.equal(f"{what}: its message", str(error), message)
    return error


def _broken_json(request):
    content = b'{"query": '
    request.headers["content-length"] = str(len(content))
    request.stream = httpx.ByteStream(content)


def _nameless(request):
    del request.headers["Notion-Version"]


def _requests(checks):
    _told(checks, "a wrong token", lambda: connect(auth="ntn_wrong").users.me(), 401, APIErrorCode.Unauthorized,
          "API token is invalid.")
    _told(checks, "another token for one call", lambda: notion.users.me(auth="ntn_wrong"), 401,
          APIErrorCode.Unauthorized)
    lost = APIErrorCode.ObjectNotFound
    error = _told(checks, "a lost page", lambda: notion.pages.retrieve(LOST), 404, lost)
    checks.holds("which page", str(error).startswith(f"Could not find page with ID: {LOST}. Make sure"), str(error))
    _told(checks, "a lost database", lambda: notion.databases.retrieve(LOST), 404, lost)
    _told(checks, "a lost block", lambda: notion.blocks.retrieve(LOST), 404, lost)
    if HAS_DATA_SOURCES:
        _told(checks, "a lost data source", lambda: query(LOST), 404, lost)
    _told(checks, "no id", lambda: notion.pages.retrieve("AAA"), 400, APIErrorCode.ValidationError,
          'path failed validation: path.page_id should be a valid uuid, instead was `"AAA"`.')
    _told(checks, "no parent", lambda: notion.pages.create(properties={"title": text("x")}), 400,
          APIErrorCode.ValidationError)
    _told(checks, "no such path", lambda: notion.request("nothing", "GET"), 400, APIErrorCode.InvalidRequestURL,
          "Invalid request URL.")
    _told(checks, "broken JSON", lambda: connect(tamper=_broken_json).search(query="x"), 400, APIErrorCode.InvalidJSON)
    error = checks.error("no version", lambda: connect(tamper=_nameless).users.me(), status=400, code=UNKNOWN)
    checks.holds("no version: its body", '"missing_version"' in error.body, error.body)
    error = checks.error("an unknown version", lambda: connect(notion_version="2020-01-01").users.me(), status=400)
    checks.holds("an unknown version: which", "2020-01-01" in error.body, error.body)


def _under(checks, what, plan, call, requests, **expected):
    """The error that a call ends with while this goes wrong, after so many requests."""
    before = under_test.sent
    faults(**plan)
    try:
        error = checks.error(what, call, **expected)
    finally:
        faults()
    checks.equal(f"{what}: requests", under_test.sent - before, requests)
    return error


def _faulty(checks, world):
    def read():
        return notion.pages.retrieve(world["page"])

    def write(emoji="1️⃣"):
        return notion.pages.update(world["page"], icon={"type": "emoji", "emoji": emoji})

    tries = 3 if RETRIES else 1
    timeout = getattr(APIErrorCode, "GatewayTimeout", UNKNOWN)
    for kind, call, requests, status, code in (
        ("conflict", write, 1, 409, APIErrorCode.ConflictError),
        ("bad_gateway", read, 1, 502, UNKNOWN),
        # Neither release has a name for it, so that neither tries again.
        ("overload", write, 1, 529, UNKNOWN),
        ("unavailable", read, tries, 503, APIErrorCode.ServiceUnavailable),
        ("unavailable", write, 1, 503, APIErrorCode.ServiceUnavailable),
        ("internal_error", write, 1, 500, APIErrorCode.InternalServerError),
        ("gateway_timeout", read, 1, 504, timeout),
        ("unavailable_after_saving", lambda: write("💾"), 1, 503, APIErrorCode.ServiceUnavailable),
    ):
        error = _under(checks, kind, {kind: {}}, call, requests, status=status, code=code)
        checks.holds(f"{kind}: HTTPResponseError", isinstance(error, HTTPResponseError), error)
        checks.equal(f"{kind}: APIResponseError", isinstance(error, APIResponseError), code != UNKNOWN)
    checks.equal("what was saved, and nothing else", read()["icon"], {"type": "emoji", "emoji": "💾"})
    if RETRIES:
        faults(internal_error={"count": 1, "methods": ["GET"]})
        before = under_test.sent
        checks.equal("a read after one more try", read()["id"], world["page"])
        checks.equal("its requests", under_test.sent - before, 2)


def _broken(checks, world):
    hasty = connect(timeout_ms=300)
    stall = {"stall": {"lasts": "1s"}}
    error = _under(checks, "a stall", stall, hasty.users.me, 1, code=RequestTimeoutError.code)
    checks.holds("a stall is told", isinstance(error, RequestTimeoutError), error)
    for kind in ("cut", "cut_in_body"):
        error = _under(checks, kind, {kind: {}}, notion.users.me, 1)
        checks.holds(f"{kind} is no answer", isinstance(error, httpx.TransportError), error)
    faults(slow_body={"lasts": "300ms"})
    checks.equal("a slow body is whole", notion.users.me()["id"], world["me"]["id"])
    faults()
    checks.equal("all is well again", notion.users.me()["id"], world["me"]["id"])


def refusals(checks, world):
    with checks.section("refused requests"):
        _requests(checks)
    with checks.section("faults"):
        _faulty(checks, world)
    with checks.section("broken connections"):
        _broken(checks, world)
