//! The statements of the Postgres-backed store: static texts, so that each is prepared once for a
//! connection and no value can ever be spliced in.

/// The tables.
pub(super) const SCHEMA: &str = include_str!("schema.sql");

/// Milliseconds since 1970 of a column.
macro_rules! milliseconds {
    ($column:literal) => {
        concat!("(extract(epoch FROM ", $column, ") * 1000)::bigint")
    };
}

/// A parameter that holds a moment as text.
macro_rules! moment {
    ($parameter:literal) => {
        concat!("(", $parameter, "::text::timestamptz AT TIME ZONE 'UTC')")
    };
}

macro_rules! task {
    () => {
        concat!(
            r#"t.id, t.title, t.description, t.status, t.priority, t."projectId" AS project_id, "#,
            milliseconds!(r#"t."dueDate""#),
            " AS due_date, ",
            milliseconds!(r#"t."completedAt""#),
            " AS completed_at, ",
            milliseconds!(r#"t."createdAt""#),
            " AS created_at, ",
            milliseconds!(r#"t."updatedAt""#),
            " AS updated_at"
        )
    };
}

/// With the number of its tasks if the parameter says so.
macro_rules! project {
    ($count:literal) => {
        concat!(
            "p.id, p.title, p.description, p.color, p.icon, p.status, ",
            milliseconds!(r#"p."createdAt""#),
            " AS created_at, ",
            milliseconds!(r#"p."updatedAt""#),
            " AS updated_at, CASE WHEN ",
            $count,
            r#" THEN (SELECT count(*) FROM tasks c WHERE c."projectId" = p.id) END AS task_count"#
        )
    };
}

macro_rules! tag {
    () => {
        concat!(
            "g.id, g.name, g.color, ",
            milliseconds!(r#"g."createdAt""#),
            " AS created_at, ",
            milliseconds!(r#"g."updatedAt""#),
            " AS updated_at"
        )
    };
}

/// status, priority, project id, regular expression of the title.
pub(super) const TASKS: &str = concat!(
    "SELECT ",
    task!(),
    r#" FROM tasks t
    WHERE ($1::text IS NULL OR t.status = $1)
      AND ($2::text IS NULL OR t.priority = $2)
      AND ($3::text IS NULL OR t."projectId" = $3)
      AND ($4::text IS NULL OR t.title ~ $4)
    ORDER BY date_trunc('minute', t."createdAt") DESC, t.title COLLATE "C""#
);

/// id.
pub(super) const TASK: &str = concat!("SELECT ", task!(), " FROM tasks t WHERE t.id = $1");

/// ids of projects.
pub(super) const PROJECTS_BY_ID: &str = concat!(
    "SELECT ",
    project!("false"),
    " FROM projects p WHERE p.id = ANY($1::text[])"
);

/// ids of tasks.
pub(super) const TAGS_BY_TASK: &str = concat!(
    r#"SELECT l."taskId" AS task_id, "#,
    tag!(),
    r#" FROM task_tags l JOIN tags g ON g.id = l."tagId"
    WHERE l."taskId" = ANY($1::text[]) ORDER BY g.name COLLATE "C""#
);

/// title, description, status, priority, due, completed, project id, ids of tags.
pub(super) const CREATE_TASK: &str = concat!(
    r#"WITH made AS (
        INSERT INTO tasks
            (id, title, description, status, priority, "dueDate", "completedAt", "projectId")
        VALUES (gen_random_uuid()::text, $1, $2, $3, $4, "#,
    moment!("$5"),
    ", ",
    moment!("$6"),
    r#", $7)
        RETURNING *
    ), linked AS (
        INSERT INTO task_tags ("taskId", "tagId")
        SELECT made.id, tag FROM made, unnest($8::text[]) AS tag
    )
    SELECT "#,
    task!(),
    " FROM made t"
);

/// id, title, then (whether, value) of description, status, priority, then (whether, value) of due,
/// completed and project id, then ids of tags.
pub(super) const UPDATE_TASK: &str = concat!(
    r#"WITH changed AS (
        UPDATE tasks SET
            title = coalesce($2, title),
            description = CASE WHEN $3::boolean THEN $4 ELSE description END,
            status = coalesce($5, status),
            priority = coalesce($6, priority),
            "dueDate" = CASE WHEN $7::boolean THEN "#,
    moment!("$8"),
    r#" ELSE "dueDate" END,
            "completedAt" = CASE WHEN $9::boolean THEN "#,
    moment!("$10"),
    r#" ELSE "completedAt" END,
            "projectId" = CASE WHEN $11::boolean THEN $12 ELSE "projectId" END,
            "updatedAt" = now() AT TIME ZONE 'UTC'
        WHERE id = $1
        RETURNING *
    ), unlinked AS (
        DELETE FROM task_tags l USING changed
        WHERE l."taskId" = changed.id AND l."tagId" <> ALL($13::text[])
    ), linked AS (
        INSERT INTO task_tags ("taskId", "tagId")
        SELECT changed.id, tag FROM changed, unnest($13::text[]) AS tag
        ON CONFLICT DO NOTHING
    )
    SELECT "#,
    task!(),
    " FROM changed t"
);

/// id.
pub(super) const DELETE_TASK: &str = "DELETE FROM tasks WHERE id = $1";

/// whether to count.
pub(super) const PROJECTS: &str = concat!(
    "SELECT ",
    project!("$1::boolean"),
    r#" FROM projects p ORDER BY p.title COLLATE "C""#
);

/// id, whether to count.
pub(super) const PROJECT: &str = concat!(
    "SELECT ",
    project!("$2::boolean"),
    " FROM projects p WHERE p.id = $1"
);

/// title, description, color, icon, status.
pub(super) const CREATE_PROJECT: &str = concat!(
    "INSERT INTO projects AS p (id, title, description, color, icon, status)
    VALUES (gen_random_uuid()::text, $1, $2, $3, $4, $5) RETURNING ",
    project!("false")
);

/// id, title, then (whether, value) of description, color, icon, then status.
pub(super) const UPDATE_PROJECT: &str = concat!(
    r#"UPDATE projects AS p SET
        title = coalesce($2, p.title),
        description = CASE WHEN $3::boolean THEN $4 ELSE p.description END,
        color = CASE WHEN $5::boolean THEN $6 ELSE p.color END,
        icon = CASE WHEN $7::boolean THEN $8 ELSE p.icon END,
        status = coalesce($9, p.status),
        "updatedAt" = now() AT TIME ZONE 'UTC'
    WHERE p.id = $1 RETURNING "#,
    project!("false")
);

/// id.
pub(super) const DELETE_PROJECT: &str = "DELETE FROM projects WHERE id = $1";

/// Nothing.
pub(super) const TAGS: &str = concat!(
    "SELECT ",
    tag!(),
    r#" FROM tags g ORDER BY g.name COLLATE "C""#
);

/// name, color.
pub(super) const CREATE_TAG: &str = concat!(
    "INSERT INTO tags AS g (id, name, color)
    VALUES (gen_random_uuid()::text, $1, $2) RETURNING ",
    tag!()
);
