"""A client under test: every answer that it gets is written down, every endpoint that it has is counted, and
what is called otherwise in another version of Notion's API has one name here."""

import json
import os
import urllib.request

import httpx
import notion_client
from notion_client import AsyncClient, Client
from notion_client.api_endpoints import Endpoint

VERSION = os.environ["NOTION_VERSION"]
RELEASE = os.environ["CLIENT_RELEASE"]
URL = os.environ["NOTION_URL"]
LIMITED_URL = os.environ["NOTION_LIMITED_URL"]
ROOT = os.environ["NOTION_ROOT"]
HAS_DATA_SOURCES = VERSION >= "2025-09-03"
IS_NEWEST = VERSION >= "2026-03-11"
# Whether the client tries again by itself.
RETRIES = int(RELEASE.split(".")[0]) >= 3
assert notion_client.__name__ == "notion_client"

# What is no part of the simulated Notion, by the names that the clients have for it.
LEFT_OUT = (
    "views.",
    "file_uploads.",
    "custom_emojis.",
    "oauth.",
    "async_tasks.",
    "blocks.meeting_notes.",
    "data_sources.list_templates",
    "pages.move",
    "pages.retrieve_markdown",
    "pages.update_markdown",
    "comments.update",
    "comments.delete",
)

sent = 0
calls = {}


def note(answer):
    with open(os.environ["TRANSCRIPT"], "a", encoding="utf-8") as transcript:
        transcript.write(json.dumps(answer) + "\n")


def _sent(request):
    global sent
    sent += 1


def _received(request, response):
    note(
        {
            "method": request.method,
            "path": request.url.raw_path.decode(),
            "version": request.headers.get("Notion-Version", ""),
            "status": response.status_code,
            "body": response.text,
        }
    )


def connect(tamper=None, **options):
    def answered(response):
        response.read()
        _received(response.request, response)

    hooks = {"request": [_sent] + ([tamper] if tamper else []), "response": [answered]}
    given = {"auth": os.environ["NOTION_TOKEN"], "base_url": URL, "notion_version": VERSION, "log_level": 60}
    return Client({**given, **options}, client=httpx.Client(event_hooks=hooks))


def connect_async(**options):
    async def asked(request):
        _sent(request)

    async def answered(response):
        await response.aread()
        _received(response.request, response)

    hooks = {"request": [asked], "response": [answered]}
    given = {"auth": os.environ["NOTION_TOKEN"], "base_url": URL, "notion_version": VERSION, "log_level": 60}
    return AsyncClient({**given, **options}, client=httpx.AsyncClient(event_hooks=hooks))


def _counting(name, call):
    calls[name] = 0

    def counted(*given, **named):
        calls[name] += 1
        return call(*given, **named)

    return counted


def _count(part, path):
    for name in dir(part):
        full = f"{path}{name}"
        if name.startswith("_") or name == "parent" or full.startswith(LEFT_OUT):
            continue
        value = getattr(part, name)
        if isinstance(value, Endpoint):
            _count(value, f"{full}.")
        elif callable(value) and path:
            setattr(part, name, _counting(full, value))


notion = connect()
_count(notion, "")
notion.search = _counting("search", notion.search)


def text(content, **more):
    return [{"type": "text", "text": {"content": content}, **more}]


def plain(texts):
    return "".join(one["plain_text"] for one in texts)


def without(answer):
    return {name: value for name, value in answer.items() if name != "request_id"}


def by_page(page):
    return {"type": "page_id", "page_id": page}


def create_database(parent, title, properties, **more):
    """A database, what its rows belong to, and its schema."""
    given = {"parent": by_page(parent), "title": text(title), **more}
    if not HAS_DATA_SOURCES:
        database = notion.databases.create(**given, properties=properties)
        return database, database["id"], database
    database = notion.databases.create(**given, initial_data_source={"properties": properties})
    source = database["data_sources"][0]["id"]
    return database, source, notion.data_sources.retrieve(source)


_KEY = "data_source_id" if HAS_DATA_SOURCES else "database_id"
_SOURCES = notion.data_sources if HAS_DATA_SOURCES else notion.databases


def rows_of(source):
    return {"type": _KEY, _KEY: source}


def related_to(source):
    return {_KEY: source}


def schema_of(source):
    return _SOURCES.retrieve(source)


def change_schema(source, **change):
    return _SOURCES.update(source, **change)


def query(source, **given):
    return _SOURCES.query(source, **given)


def queried(source):
    return {_KEY: source}


def trashed(is_trashed):
    return {"in_trash" if IS_NEWEST else "archived": is_trashed}


def counters(url):
    with urllib.request.urlopen(f"{url}/_simulator/counters") as answer:
        return json.load(answer)


def faults(**plan):
    """From now on these things go wrong, by the simulator's names for them, always or as it is said."""
    body = json.dumps({kind: {"rate": 1, **how} for kind, how in plan.items()}).encode()
    headers = {"content-type": "application/json"}
    url = f"{URL}/_simulator/faults"
    urllib.request.urlopen(urllib.request.Request(url, body, headers, method="PUT")).close()
