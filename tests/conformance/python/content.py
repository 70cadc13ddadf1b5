"""Users, pages, blocks, comments, and the search for them."""

import asyncio
import time

from notion_client import helpers
from notion_client.errors import APIErrorCode

from notion import (
    HAS_DATA_SOURCES, IS_NEWEST, ROOT, by_page, connect_async, create_database, notion, plain, text, trashed, without,
)

NOBODY = "00000000-0000-4000-8000-00000000dead"
WORD = "Xolotl"


def users(checks, world):
    with checks.section("users"):
        me = notion.users.me()
        checks.has("the token's own user", me, {"object": "user", "type": "bot"})
        checks.holds("is_full_user", helpers.is_full_user(me), me)
        world["me"] = without(me)
        listed = notion.users.list()
        checks.has("the list", listed, {"object": "list", "type": "user", "user": {}, "has_more": False})
        people = [user for user in listed["results"] if user["type"] == "person"]
        checks.holds("it names a person", people, listed)
        world["person"] = people[0]
        checks.holds("it names the bot", world["me"] in listed["results"], listed)
        everyone = helpers.collect_paginated_api(notion.users.list, page_size=1)
        checks.equal("all users, page by page", everyone, listed["results"])
        for user in everyone:
            checks.equal("a user by id", without(notion.users.retrieve(user["id"])), user)
        checks.error("nobody", lambda: notion.users.retrieve(NOBODY), status=404, code=APIErrorCode.ObjectNotFound)


def pages(checks, world):
    with checks.section("pages"):
        icon = {"type": "emoji", "emoji": "🥬"}
        cover = {"type": "external", "external": {"url": "https://example.org/cover.png"}}
        page = notion.pages.create(
            parent=by_page(ROOT),
            icon=icon,
            cover=cover,
            properties={"title": {"title": text("Everything")}},
            children=[{"paragraph": {"rich_text": text("The first words")}}],
        )
        world["page"] = page["id"]
        expected = {"object": "page", "parent": by_page(ROOT), "icon": icon, "cover": cover, "in_trash": False}
        checks.has("a page", page, expected)
        checks.holds("is_full_page", helpers.is_full_page(page), page)
        checks.equal("its title", plain(page["properties"]["title"]["title"]), "Everything")
        checks.equal("archived", page.get("archived"), None if IS_NEWEST else False)
        checks.equal("who made it", page["created_by"], {"object": "user", "id": world["me"]["id"]})
        checks.equal("get_id of its address", helpers.get_id(page["url"].replace("app.notion.com/p", "www.notion.so")),
                     page["id"])
        checks.equal("the page as it was made", without(notion.pages.retrieve(page["id"])), without(page))
        changed = notion.pages.update(page["id"], cover=None, properties={"title": {"title": text("All of it")}})
        checks.has("a changed page", changed, {"id": page["id"], "icon": icon})
        checks.equal("no cover", changed["cover"], None)
        checks.equal("a changed title", plain(changed["properties"]["title"]["title"]), "All of it")
        checks.equal("the change stays", without(notion.pages.retrieve(page["id"])), without(changed))
    with checks.section("pages in the trash"):
        page = notion.pages.create(parent=by_page(world["page"]), properties={"title": text("Short-lived")})
        gone = notion.pages.update(page["id"], **trashed(True))
        checks.has("a page in the trash", gone, {"id": page["id"], "in_trash": True})
        checks.equal("it can be read", notion.pages.retrieve(page["id"])["in_trash"], True)
        checks.has("a page taken back", notion.pages.update(page["id"], **trashed(False)), {"in_trash": False})
        if IS_NEWEST:
            checks.error("`archived`", lambda: notion.pages.update(page["id"], archived=True), status=400,
                         code=APIErrorCode.ValidationError)
        deleted = notion.blocks.delete(page["id"])
        expected = {"type": "child_page", "child_page": {"title": "Short-lived"}, "in_trash": True}
        checks.has("a page deleted as a block", deleted, expected)


def _blocks_to_append():
    words = {"rich_text": text("Words")}
    return [
        {"heading_1": words},
        {"paragraph": {**words, "color": "red"}},
        {"bulleted_list_item": {**words, "children": [{"bulleted_list_item": words}]}},
        {"numbered_list_item": words},
        {"to_do": {**words, "checked": True}},
        {"toggle": words},
        {"quote": words},
        {"callout": {**words, "icon": {"type": "emoji", "emoji": "💡"}}},
        {"code": {**words, "language": "rust"}},
        {"divider": {}},
        {"bookmark": {"url": "https://example.org/"}},
        {"image": {"type": "external", "external": {"url": "https://example.org/a.png"}}},
        {"table": {"table_width": 1, "children": [{"table_row": {"cells": [text("a")]}}]}},
    ]


def blocks(checks, world):
    with checks.section("blocks"):
        page = notion.pages.create(parent=by_page(world["page"]), properties={"title": text("Blocks")})["id"]
        given = _blocks_to_append()
        kinds = [next(iter(block)) for block in given]
        answer = notion.blocks.children.append(page, children=given)
        checks.has("what was appended", answer, {"object": "list", "type": "block", "has_more": False})
        appended = answer["results"]
        checks.equal("in this order", [block["type"] for block in appended], kinds)
        for block in appended:
            expected = {"parent": by_page(page), "in_trash": False}
            checks.has(block["type"], block, expected)
            checks.holds("is_full_block", helpers.is_full_block(block), block)
            checks.equal("by its id", without(notion.blocks.retrieve(block["id"])), block)
        of = {block["type"]: block for block in appended}
        checks.has("a to-do", of["to_do"]["to_do"], {"checked": True, "color": "default"})
        nested = notion.blocks.children.list(of["bulleted_list_item"]["id"])["results"]
        parent = {"type": "block_id", "block_id": of["bulleted_list_item"]["id"]}
        checks.has("a nested block", nested, [{"type": "bulleted_list_item", "parent": parent}])
        checks.equal("the list", notion.blocks.children.list(page)["results"], appended)
        every = helpers.collect_paginated_api(notion.blocks.children.list, block_id=page, page_size=4)
        checks.equal("page by page", every, appended)
        walked = list(helpers.iterate_paginated_api(notion.blocks.children.list, block_id=page, page_size=4))
        checks.equal("in steps", walked, appended)

        changed = notion.blocks.update(of["paragraph"]["id"], paragraph={"rich_text": text("Other")})
        checks.equal("a changed block", plain(changed["paragraph"]["rich_text"]), "Other")
        block = of["quote"]["id"]
        checks.has("a deleted block", notion.blocks.delete(block), {"type": "quote", "in_trash": True})
        left = [one["id"] for one in notion.blocks.children.list(page)["results"]]
        checks.holds("it is listed no more", block not in left, left)
        checks.has("a block taken back", notion.blocks.update(block, **trashed(False)), {"in_trash": False})
        many = [{"paragraph": {"rich_text": []}}] * 101
        checks.error("too many", lambda: notion.blocks.children.append(page, children=many), status=400,
                     code=APIErrorCode.ValidationError)
    with checks.section("places"):
        page = notion.pages.create(parent=by_page(world["page"]), properties={"title": text("Order")})["id"]

        def append(content, **where):
            children = [{"paragraph": {"rich_text": text(content)}}]
            return notion.blocks.children.append(page, children=children, **where)["results"][0]["id"]

        first = append("a")
        append("c")
        if IS_NEWEST:
            append("b", position={"type": "after_block", "after_block": {"id": first}})
            checks.error("`after`", lambda: append("x", after=first), status=400, code=APIErrorCode.ValidationError)
        else:
            append("b", after=first)
        order = [plain(block["paragraph"]["rich_text"]) for block in notion.blocks.children.list(page)["results"]]
        checks.equal("placed", order, ["a", "b", "c"])


def comments(checks, world):
    with checks.section("comments"):
        page = notion.pages.create(parent=by_page(world["page"]), properties={"title": text("Discussed")})["id"]
        comment = notion.comments.create(parent={"page_id": page}, rich_text=text("Really?"))
        expected = {"object": "comment", "parent": by_page(page), "created_by": {"id": world["me"]["id"]}}
        checks.has("a comment", comment, expected)
        reply = notion.comments.create(discussion_id=comment["discussion_id"], rich_text=text("Yes"))
        checks.equal("its discussion", reply["discussion_id"], comment["discussion_id"])
        listed = notion.comments.list(block_id=page)
        checks.has("the list", listed, {"object": "list", "type": "comment", "comment": {}})
        checks.equal("both", listed["results"], [without(comment), without(reply)])
        every = helpers.collect_paginated_api(notion.comments.list, block_id=page, page_size=1)
        checks.equal("page by page", every, listed["results"])
        if hasattr(notion.comments, "retrieve"):
            again = notion.comments.retrieve(comment_id=reply["id"])
            checks.equal("one by its id", without(again), without(reply))
        checks.error("on nothing", lambda: notion.comments.create(rich_text=text("x")), status=400,
                     code=APIErrorCode.ValidationError)


def search(checks, world):
    with checks.section("search"):
        _, source, _ = create_database(world["page"], f"All of {WORD}", {"Name": {"title": {}}})
        title = {"title": {"title": text(f"{WORD} itself")}}
        page = notion.pages.create(parent=by_page(world["page"]), properties=title)["id"]
        end = time.monotonic() + 10
        found = notion.search(query=WORD)
        while len(found["results"]) < 2 and time.monotonic() < end:
            time.sleep(0.1)
            found = notion.search(query=WORD)
        kind = "data_source" if HAS_DATA_SOURCES else "database"
        checks.has("what is found", found, {"object": "list", "type": f"page_or_{kind}", f"page_or_{kind}": {}})

        def ids(**given):
            return sorted(one["id"] for one in notion.search(query=WORD, **given)["results"])

        checks.equal("by a word of the title", ids(), sorted([source, page]))
        checks.equal("only pages", ids(filter={"property": "object", "value": "page"}), [page])
        checks.equal(f"only a {kind}", ids(filter={"property": "object", "value": kind}), [source])
        every = helpers.collect_paginated_api(notion.search, query=WORD, page_size=1)
        checks.equal("page by page", sorted(one["id"] for one in every), sorted([source, page]))
        sort = {"timestamp": "last_edited_time", "direction": "descending"}
        times = [one["last_edited_time"] for one in notion.search(sort=sort)["results"]]
        moments = [time_[:19] for time_ in times]
        checks.equal("newest first", moments, sorted(moments, reverse=True))
    with checks.section("without waiting"):
        async def everything():
            client = connect_async()
            listed = await helpers.async_collect_paginated_api(client.search, query=WORD, page_size=1)
            walked = [one async for one in helpers.async_iterate_paginated_api(client.users.list, page_size=1)]
            await client.aclose()
            return listed, walked

        listed, walked = asyncio.run(everything())
        checks.equal("pages of a search", sorted(one["id"] for one in listed), sorted([source, page]))
        checks.holds("pages of users", world["me"] in walked, walked)
