"""Errors, as the clients' own classes and tests of them tell them apart."""

import httpx
from notion_client import errors
from notion_client.errors import APIErrorCode, APIResponseError, HTTPResponseError, RequestTimeoutError

import notion as under_test
from notion import HAS_DATA_SOURCES, connect, faults, notion, query, text

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


def _under(checks, what, rates, call, requests, **expected):
    before = under_test.sent
    faults(**rates)
    try:
        error = checks.error(what, call, **expected)
    finally:
        faults()
    checks.equal(f"{what}: requests", under_test.sent - before, requests)
    return error


def _broken(checks, world):
    def read():
        return notion.pages.retrieve(world["page"])

    def write():
        return notion.pages.update(world["page"], icon={"type": "emoji", "emoji": "💾"})

    conflict = APIErrorCode.ConflictError
    _under(checks, "409 on a write", {"conflict": 1}, write, 1, status=409, code=conflict)
    error = _under(checks, "502 without JSON", {"bad_gateway": 1}, read, 1, status=502, code=UNKNOWN)
    checks.holds("502: HTTPResponseError", isinstance(error, HTTPResponseError), error)
    # Neither release has a name for it, so that neither tries again.
    _under(checks, "529", {"overload": 1}, write, 1, status=529, code=UNKNOWN)
    unavailable = APIErrorCode.ServiceUnavailable
    _under(checks, "503 after saving", {"unavailable_after_saving": 1}, write, 1, status=503, code=unavailable)
    checks.equal("what was saved", read()["icon"], {"type": "emoji", "emoji": "💾"})
    hasty = connect(timeout_ms=300)
    error = _under(checks, "a stall", {"stall": 1}, hasty.users.me, 1, code=RequestTimeoutError.code)
    checks.holds("a stall is told", isinstance(error, RequestTimeoutError), error)
    error = _under(checks, "a cut connection", {"cut": 1}, notion.users.me, 1)
    checks.holds("a cut connection is no answer", isinstance(error, httpx.TransportError), error)
    faults(slow_body=1)
    checks.equal("a slow body is whole", notion.users.me()["id"], world["me"]["id"])
    faults()
    checks.equal("all is well again", notion.users.me()["id"], world["me"]["id"])


def refusals(checks, world):
    with checks.section("refused requests"):
        _requests(checks)
    with checks.section("a broken Notion"):
        _broken(checks, world)
