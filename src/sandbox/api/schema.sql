-- The tables of the migration guide, as Prisma names them: quoted camelCase columns, moments as
-- timestamp(3) in UTC. Three columns of tasks are the sandbox's own and no route serves them: "dueEnd" and
-- "dueZone" (an offset like +11:00) are the rest of a date in Notion, and body is the text of a page.

CREATE TABLE projects (
    id          text PRIMARY KEY,
    title       text NOT NULL,
    description text,
    color       text,
    icon        text,
    status      text NOT NULL DEFAULT 'active',
    "createdAt" timestamp(3) NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    "updatedAt" timestamp(3) NOT NULL DEFAULT (now() AT TIME ZONE 'UTC')
);

CREATE TABLE tasks (
    id            text PRIMARY KEY,
    title         text NOT NULL,
    description   text,
    status        text NOT NULL DEFAULT 'todo',
    priority      text NOT NULL DEFAULT 'medium',
    "dueDate"     timestamp(3),
    "completedAt" timestamp(3),
    "projectId"   text REFERENCES projects (id) ON DELETE SET NULL ON UPDATE CASCADE,
    "createdAt"   timestamp(3) NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    "updatedAt"   timestamp(3) NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    "dueEnd"      timestamp(3),
    "dueZone"     text,
    body          text
);

CREATE INDEX tasks_status_idx ON tasks (status);
CREATE INDEX tasks_priority_idx ON tasks (priority);
CREATE INDEX "tasks_projectId_idx" ON tasks ("projectId");
CREATE INDEX "tasks_dueDate_idx" ON tasks ("dueDate");

CREATE TABLE tags (
    id          text PRIMARY KEY,
    name        text NOT NULL UNIQUE,
    color       text,
    "createdAt" timestamp(3) NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    "updatedAt" timestamp(3) NOT NULL DEFAULT (now() AT TIME ZONE 'UTC')
);

CREATE TABLE task_tags (
    "taskId" text NOT NULL REFERENCES tasks (id) ON DELETE CASCADE ON UPDATE CASCADE,
    "tagId"  text NOT NULL REFERENCES tags (id) ON DELETE CASCADE ON UPDATE CASCADE,
    PRIMARY KEY ("taskId", "tagId")
);
