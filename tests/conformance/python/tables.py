"""Databases with their schemas, rows with a value of every type, and the queries for them."""

from notion_client import helpers
from notion_client.errors import APIErrorCode

from notion import (
    HAS_DATA_SOURCES, IS_NEWEST, VERSION, by_page, change_schema, create_database, notion, plain, queried, query,
    related_to, rows_of, schema_of, text, trashed, without,
)

LINK = "https://example.org/"
SIMPLE = (
    "rich_text", "date", "people", "files", "checkbox", "url", "email", "phone_number", "created_time", "created_by",
    "last_edited_time", "last_edited_by",
)
MANY = 27


def _every_type(projects):
    """A property of every type, named as its type."""
    both_ways = {"relation": {**related_to(projects), "type": "dual_property", "dual_property": {}}}
    return {
        "title": {"title": {}},
        **{kind: {kind: {}} for kind in SIMPLE},
        "number": {"number": {"format": "dollar"}},
        "select": {"select": {"options": [{"name": "Low", "color": "gray"}, {"name": "High", "color": "red"}]}},
        "multi_select": {"multi_select": {"options": [{"name": "Home", "color": "blue"}]}},
        "status": {"status": {}},
        "formula": {"formula": {"expression": 'prop("number")'}},
        "relation": {"relation": {**related_to(projects), "type": "single_property", "single_property": {}}},
        "both_ways": both_ways,
        "unique_id": {"unique_id": {"prefix": "TASK"}},
    }


def databases(checks, world):
    with checks.section("databases"):
        database, projects, schema = create_database(world["page"], "Projects", {"Name": {"title": {}}})
        world["projects"] = projects
        checks.has("a database", database, {"object": "database", "parent": by_page(world["page"]), "is_inline": False})
        checks.holds("is_full_database", helpers.is_full_database(database), database)
        checks.equal("its title", plain(database["title"]), "Projects")
        checks.equal("the title's id", schema["properties"]["Name"]["id"], "title")

        database, source, schema = create_database(
            world["page"], "Tasks", _every_type(projects), icon={"type": "emoji", "emoji": "✅"}
        )
        world.update(tasks=source, tasks_database=database["id"], schema=schema["properties"])
        properties = schema["properties"]
        checks.equal("all properties", sorted(properties), sorted(_every_type(projects)))
        for name, property_ in properties.items():
            checks.has(name, property_, {"name": name, "type": "relation" if name == "both_ways" else name})
        for kind in SIMPLE:
            checks.equal(kind, properties[kind][kind], {})
        checks.equal("number", properties["number"]["number"], {"format": "dollar"})
        checks.has("select", properties["select"]["select"]["options"],
                   [{"name": "Low", "color": "gray"}, {"name": "High", "color": "red"}])
        status = properties["status"]["status"]
        grouped = [option for group in status["groups"] for option in group["option_ids"]]
        checks.equal("grouped options", sorted(grouped), sorted(option["id"] for option in status["options"]))
        again = notion.databases.retrieve(database["id"])
        checks.equal("the database as it was made", without(again), without(database))
        other = schema_of(projects)["properties"]
        dual = properties["both_ways"]["relation"]["dual_property"]
        checks.has("the other side", other[dual["synced_property_name"]], {"id": dual["synced_property_id"]})
    with checks.section("changed schemas"):
        after = change_schema(
            world["tasks"],
            properties={
                "number": {"number": {"format": "euro"}},
                "email": {"name": "Mail"},
                "phone_number": None,
                "Total": {"rollup": {"relation_property_name": "relation", "rollup_property_name": "Name",
                                     "function": "count"}},
            },
        )["properties"]
        checks.equal("another format", after["number"]["number"]["format"], "euro")
        checks.has("another name", after.get("Mail"), {"id": world["schema"]["email"]["id"], "type": "email"})
        checks.holds("a property less", "phone_number" not in after and "email" not in after, after)
        checks.has("a rollup", after["Total"]["rollup"], {"function": "count", "rollup_property_id": "title"})
        world["schema"] = schema_of(world["tasks"])["properties"]
        checks.equal("the change stays", world["schema"], after)
        changed = notion.databases.update(world["tasks_database"], title=text("All tasks"), icon=None, is_inline=True)
        checks.has("a changed database", changed, {"is_inline": True})
        checks.equal("its title", plain(changed["title"]), "All tasks")
        checks.equal("no icon", changed["icon"], None)
    if HAS_DATA_SOURCES:
        with checks.section("data sources"):
            parent = {"type": "database_id", "database_id": world["tasks_database"]}
            second = notion.data_sources.create(
                parent=parent, title=text("Second"), properties={"Name": {"type": "title", "title": {}}}
            )
            expected = {"object": "data_source", "parent": parent, "database_parent": by_page(world["page"])}
            checks.has("a second data source", second, expected)
            checks.holds("is_full_data_source", helpers.is_full_data_source(second), second)
            named = notion.databases.retrieve(world["tasks_database"])["data_sources"]
            checks.has("both by their names", named, [{"id": world["tasks"]}, {"id": second["id"], "name": "Second"}])
            gone = notion.data_sources.update(second["id"], **trashed(True))
            checks.has("in the trash", gone, {"in_trash": True})
    with checks.section("databases in the trash"):
        gone = create_database(world["page"], "Short-lived", {"Name": {"title": {}}})[0]["id"]
        checks.has("a database in the trash", notion.databases.update(gone, in_trash=True), {"in_trash": True})
        checks.has("taken back", notion.databases.update(gone, in_trash=False), {"in_trash": False})
    if hasattr(notion.databases, "list"):
        with checks.section("databases.list"):
            # Left behind in 2022-02-22; `search` took its place.
            checks.error("databases.list", lambda: notion.databases.list(), status=400)


def _given(world):
    texts = [
        {"text": {"content": "two "}},
        {"text": {"content": "litres", "link": {"url": LINK}}, "annotations": {"bold": True}},
        {"mention": {"date": {"start": "2026-02-01"}}},
        {"equation": {"expression": "e"}},
    ]
    return {
        "title": {"title": text("Buy milk")},
        "rich_text": {"rich_text": texts},
        "number": {"number": 3.5},
        "select": {"select": {"name": "High"}},
        "multi_select": {"multi_select": [{"name": "Home"}, {"name": "Errand"}]},
        "status": {"status": {"name": world["schema"]["status"]["status"]["options"][1]["name"]}},
        "date": {"date": {"start": "2026-02-01", "end": "2026-02-03"}},
        "people": {"people": [{"id": world["person"]["id"]}]},
        "files": {"files": [{"name": "a.pdf", "type": "external", "external": {"url": LINK}}]},
        "checkbox": {"checkbox": True},
        "url": {"url": LINK},
        "relation": {"relation": [{"id": world["project"]}]},
    }


def values(checks, world):
    with checks.section("values"):
        project = notion.pages.create(parent=rows_of(world["projects"]), properties={"Name": {"title": text("Home")}})
        world["project"] = project["id"]
        row = notion.pages.create(parent=rows_of(world["tasks"]), properties=_given(world))
        world["task"] = row["id"]
        parent = rows_of(world["tasks"])
        if VERSION != "2022-06-28":
            parent["database_id"] = world["tasks_database"]
        checks.equal("a row's parent", row["parent"], parent)
        came = row["properties"]
        checks.equal("all properties", sorted(came), sorted(world["schema"]))
        for name, value in came.items():
            checks.has(name, value, {key: world["schema"][name][key] for key in ("id", "type")})
        texts = came["rich_text"]["rich_text"]
        checks.equal("texts", [one["plain_text"] for one in texts], ["two ", "litres", "2026-02-01", "e"])
        checks.equal("a link", texts[1]["href"], LINK)
        checks.holds("a mention", helpers.is_mention_rich_text_item_response(texts[2]), texts[2])
        checks.holds("an equation", helpers.is_equation_rich_text_item_response(texts[3]), texts[3])
        checks.equal("number", came["number"]["number"], 3.5)
        checks.has("select", came["select"]["select"], {"name": "High", "color": "red"})
        checks.has("multi_select", came["multi_select"]["multi_select"], [{"name": "Home"}, {"name": "Errand"}])
        checks.equal("date", came["date"]["date"], {"start": "2026-02-01", "end": "2026-02-03", "time_zone": None})
        checks.has("people", came["people"]["people"], [{"object": "user", "id": world["person"]["id"]}])
        checks.equal("checkbox", came["checkbox"]["checkbox"], True)
        checks.has("relation", came["relation"], {"relation": [{"id": world["project"]}], "has_more": False})
        checks.equal("unique_id", came["unique_id"]["unique_id"], {"prefix": "TASK", "number": 1})
        checks.equal("formula", came["formula"]["formula"], {"type": "number", "number": 3.5})
        checks.equal("rollup", came["Total"]["rollup"], {"type": "number", "number": 1, "function": "count"})
        checks.equal("the row as it was made", without(notion.pages.retrieve(row["id"])), without(row))
        checks.equal("and in a query", query(world["tasks"])["results"], [without(row)])
        some = notion.pages.retrieve(row["id"], filter_properties=[came["number"]["id"]])
        checks.equal("filter_properties", list(some["properties"]), ["number"])
        emptied = {"number": {"number": None}, "select": {"select": None}, "relation": {"relation": []}}
        empty = notion.pages.update(row["id"], properties=emptied)["properties"]
        checks.has("emptied", empty, emptied)
        unknown = {"status": {"status": {"name": "Nonsense"}}}
        checks.error("an unknown status", lambda: notion.pages.update(row["id"], properties=unknown), status=400,
                     code=APIErrorCode.ValidationError)
        checks.error("an unknown property",
                     lambda: notion.pages.update(row["id"], properties={"Colour": {"number": 1}}),
                     status=400, code=APIErrorCode.ValidationError)
        notion.pages.update(row["id"], **trashed(True))
        checks.equal("not in the trash", query(world["tasks"])["results"], [])
        back = notion.pages.update(row["id"], **trashed(False))
        checks.equal("archived", back.get("archived"), None if IS_NEWEST else False)
        checks.equal("taken back", len(query(world["tasks"])["results"]), 1)


def properties(checks, world):
    with checks.section("properties"):
        def by(name, **given):
            return notion.pages.properties.retrieve(world["task"], world["schema"][name]["id"], **given)

        checkbox = by("checkbox")
        checks.has("a checkbox", checkbox, {"object": "property_item", "type": "checkbox", "checkbox": True})
        title = by("title")
        checks.has("a title", title, {"object": "list", "type": "property_item", "has_more": False})
        checks.equal("its text", [item["title"]["plain_text"] for item in title["results"]], ["Buy milk"])
        ids = []
        for index in range(MANY):
            name = {"Name": {"title": text(f"Project {index}")}}
            ids.append(notion.pages.create(parent=rows_of(world["projects"]), properties=name)["id"])
        row = notion.pages.update(
            world["task"], properties={"relation": {"relation": [{"id": one} for one in ids]}}
        )["properties"]["relation"]
        checks.equal("has_more", row["has_more"], True)
        checks.equal("the first 25", [one["id"] for one in row["relation"]], ids[:25])
        first = by("relation", page_size=10)
        checks.has("a page of it", first, {"has_more": True, "property_item": {"type": "relation", "relation": {}}})
        every = helpers.collect_paginated_api(
            notion.pages.properties.retrieve,
            page_id=world["task"],
            property_id=world["schema"]["relation"]["id"],
            page_size=10,
        )
        checks.equal("all of it", [item["relation"]["id"] for item in every], ids)


def queries(checks, world):
    with checks.section("queries"):
        schema = {"Name": {"title": {}}, "Number": {"number": {}}, "Done": {"checkbox": {}}, "When": {"date": {}}}
        _, source, _ = create_database(world["page"], "Rows", schema)
        for number, name in enumerate("ABCDE"):
            row = {
                "Name": {"title": text(name)},
                "Number": {"number": number},
                "Done": {"checkbox": number % 2 == 0},
                "When": {"date": {"start": f"2026-01-0{number + 1}"}},
            }
            notion.pages.create(parent=rows_of(source), properties=row)

        def names(answer):
            return "".join(plain(row["properties"]["Name"]["title"]) for row in answer)

        def found(**given):
            return names(query(source, **given)["results"])

        down = [{"property": "Number", "direction": "descending"}]
        done = {"property": "Done", "checkbox": {"equals": True}}
        late = {"property": "When", "date": {"after": "2026-01-02"}}
        checks.equal("a sort", found(sorts=down), "EDCBA")
        checks.equal("a filter", found(sorts=down, filter=done), "ECA")
        checks.equal("both", found(sorts=down, filter={"and": [done, late]}), "EC")
        checks.equal("either", found(sorts=down, filter={"or": [done, late]}), "EDCA")
        recent = {"timestamp": "created_time", "created_time": {"past_week": {}}}
        checks.equal("a timestamp", found(sorts=down, filter=recent), "EDCBA")
        every = helpers.collect_paginated_api(
            notion.data_sources.query if HAS_DATA_SOURCES else notion.databases.query,
            **queried(source), sorts=down, page_size=2,
        )
        checks.equal("page by page", names(every), "EDCBA")
        only = query(source, filter_properties=["title"])["results"]
        checks.equal("filter_properties", {name for row in only for name in row["properties"]}, {"Name"})
        wrong = {"property": "Colour", "number": {"equals": 1}}
        error = checks.error("a filter on nothing", lambda: query(source, filter=wrong), status=400,
                             code=APIErrorCode.ValidationError)
        checks.equal("why", str(error), "Could not find property with name or id: Colour")
