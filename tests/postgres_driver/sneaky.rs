//! A form that reads cannot write, whatever its statement is: the server holds it to that.

use cutover::target::{SqlParameter, Target as _};

use crate::{World, answered, request};

const SCHEMA: &str = r"
CREATE TABLE tasks (id int PRIMARY KEY, title text);
INSERT INTO tasks VALUES (1, 'one'), (2, 'two');
CREATE SEQUENCE s;
CREATE FUNCTION make() RETURNS int LANGUAGE sql VOLATILE AS
    $$ INSERT INTO tasks VALUES (3, 'three') RETURNING id $$;
CREATE FUNCTION hidden() RETURNS int LANGUAGE sql STABLE AS $$ SELECT make() $$;
CREATE FUNCTION unlock() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'SET TRANSACTION READ WRITE';
    INSERT INTO tasks VALUES (4, 'four');
    RETURN 4;
END $$;
CREATE PROCEDURE commits() LANGUAGE plpgsql AS $$
BEGIN
    COMMIT;
    INSERT INTO tasks VALUES (5, 'five');
END $$;
";

/// Everything that a statement could have changed.
const STATE: &str = "SELECT jsonb_build_object(
    'tasks', (SELECT jsonb_agg(t ORDER BY id) FROM tasks t),
    'sequence', (SELECT last_value::text || is_called::text FROM s),
    'relations', (SELECT count(*) FROM pg_class),
    'settings', (SELECT count(*) FROM pg_db_role_setting),
    'roles', (SELECT count(*) FROM pg_authid),
    'large objects', (SELECT count(*) FROM pg_largeobject_metadata),
    'comments', (SELECT count(*) FROM pg_description)
)::text";

const SNEAKY: &[&str] = &[
    "INSERT INTO tasks VALUES (9, 'nine')",
    "UPDATE tasks SET title = 'changed'",
    "DELETE FROM tasks",
    "TRUNCATE tasks",
    "WITH gone AS (DELETE FROM tasks RETURNING *) SELECT * FROM gone",
    "WITH made AS (INSERT INTO tasks VALUES (9, 'nine') RETURNING *) SELECT * FROM made",
    "SELECT * FROM tasks FOR UPDATE",
    "SELECT * INTO copies FROM tasks",
    "CREATE TABLE copies AS TABLE tasks",
    "CREATE TEMPORARY TABLE copies AS TABLE tasks",
    "SELECT nextval('s')",
    "SELECT setval('s', 99)",
    "SELECT make()",
    "SELECT hidden()",
    "SELECT unlock()",
    "SELECT set_config('transaction_read_only', 'off', true), make()",
    "SELECT make() FROM (SELECT set_config('transaction_read_only', 'off', true) OFFSET 0) AS first",
    "SELECT set_config('default_transaction_read_only', 'off', false), make()",
    "WITH free AS MATERIALIZED (SELECT set_config('transaction_read_only', 'off', false)) \
     INSERT INTO tasks SELECT 9, set_config FROM free",
    "SELECT lo_from_bytea(0, 'a')",
    "DO $$ BEGIN INSERT INTO tasks VALUES (9, 'nine'); END $$",
    "DO $$ BEGIN COMMIT; INSERT INTO tasks VALUES (9, 'nine'); END $$",
    "CALL commits()",
    "COMMIT",
    "COMMIT AND CHAIN",
    "END",
    "ROLLBACK AND CHAIN",
    "DO $$ BEGIN PERFORM set_config('default_transaction_read_only', 'off', false); COMMIT; PERFORM make(); END $$",
    "ROLLBACK",
    "SET TRANSACTION READ WRITE",
    "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
    "EXPLAIN ANALYZE DELETE FROM tasks",
    "PREPARE later AS DELETE FROM tasks",
    "EXECUTE later",
    "COMMENT ON TABLE tasks IS 'changed'",
    "ALTER ROLE CURRENT_USER SET statement_timeout = 1",
    "CREATE ROLE sneaky",
    "LOCK TABLE tasks IN EXCLUSIVE MODE",
];

#[tokio::test]
async fn no_statement_in_a_form_that_reads_changes_anything() {
    let world = World::start(SCHEMA).await;
    let before = world.text(STATE).await;
    for statement in SNEAKY {
        let exchange = world.read(statement, vec![]).await;
        assert!(exchange.result.is_ok(), "{statement}: {exchange:?}");
        assert_eq!(world.text(STATE).await, before, "{statement}");
        // Nor did it open the way for the next one, which has the same connection.
        let (status, body) = answered(world.read(SNEAKY[0], vec![]).await);
        assert_eq!(
            (status, &body["sqlstate"]),
            (400, &"25006".into()),
            "{statement}"
        );
        assert_eq!(world.text(STATE).await, before, "after {statement}");
    }
    world.end().await;
}

/// That the state would show a change: else the test above proves nothing.
#[tokio::test]
async fn a_form_that_writes_does_change_it_and_its_commit_is_in_its_time() {
    let world = World::start(SCHEMA).await;
    let before = world.text(STATE).await;
    let params = vec![
        SqlParameter::Integer(9),
        SqlParameter::Text("nine".to_owned()),
    ];
    let insert = "INSERT INTO tasks VALUES ($1, $2) RETURNING id";
    let (status, body) = answered(world.target.send(request(insert, params, true)).await);
    assert_eq!(status, 200, "{body}");
    assert_eq!(
        body,
        serde_json::json!({ "rows": [{ "id": 9 }], "count": 1 })
    );
    assert_ne!(world.text(STATE).await, before);
    // Two statements are none.
    let two = "DELETE FROM tasks; SELECT 1";
    let (status, body) = answered(world.target.send(request(two, vec![], true)).await);
    assert_eq!(status, 400, "{body}");
    // A constraint that is looked at with the COMMIT is refused with it.
    world
        .run("ALTER TABLE tasks ADD UNIQUE (title) DEFERRABLE INITIALLY DEFERRED")
        .await;
    let twice = "INSERT INTO tasks VALUES (10, 'nine')";
    let (status, body) = answered(world.target.send(request(twice, vec![], true)).await);
    assert_eq!(
        (status, &body["sqlstate"]),
        (400, &"23505".into()),
        "{body}"
    );
    world.end().await;
}
