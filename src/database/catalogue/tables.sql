-- One row for each table of all schemas but the server's own: the table as JSON, in the form of `Table`.
-- Columns that only newer servers have are read by way of to_jsonb, so that older ones answer too.
SELECT jsonb_build_object(
    'schema', n.nspname,
    'name', c.relname,
    'kind', CASE c.relkind
        WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned' WHEN 'v' THEN 'view'
        WHEN 'm' THEN 'materialized_view' ELSE 'foreign' END,
    'is_visible', pg_catalog.pg_table_is_visible(c.oid),
    'columns', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'name', a.attname,
            'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
            'is_nullable', NOT a.attnotnull,
            'has_default', a.atthasdef OR a.attidentity <> ''
        ) ORDER BY a.attnum), '[]')
        FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    ),
    'indexes', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'name', ic.relname,
            'columns', (
                SELECT jsonb_agg(a.attname ORDER BY k.place)
                FROM unnest(i.indkey::int2[]) WITH ORDINALITY k (attnum, place)
                LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum AND k.attnum > 0
                WHERE k.place <= i.indnkeyatts
            ),
            'method', am.amname,
            'is_unique', i.indisunique,
            'is_partial', i.indpred IS NOT NULL,
            'is_valid', i.indisvalid AND i.indisready AND i.indislive
        ) ORDER BY ic.relname), '[]')
        FROM pg_catalog.pg_index i
        JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
        JOIN pg_catalog.pg_am am ON am.oid = ic.relam
        WHERE i.indrelid = c.oid
    ),
    'constraints', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'name', k.conname,
            'kind', CASE k.contype
                WHEN 'p' THEN 'primary_key' WHEN 'u' THEN 'unique' WHEN 'f' THEN 'foreign_key' WHEN 'c' THEN 'check'
                WHEN 'n' THEN 'not_null' WHEN 'x' THEN 'exclusion' ELSE 'trigger' END,
            'columns', (
                SELECT coalesce(jsonb_agg(a.attname ORDER BY o.place), '[]')
                FROM unnest(k.conkey) WITH ORDINALITY o (attnum, place)
                JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = o.attnum
            ),
            'references', CASE WHEN k.contype = 'f' THEN (
                SELECT jsonb_build_object('schema', rn.nspname, 'table', r.relname, 'columns', (
                    SELECT jsonb_agg(a.attname ORDER BY o.place)
                    FROM unnest(k.confkey) WITH ORDINALITY o (attnum, place)
                    JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum = o.attnum
                ))
                FROM pg_catalog.pg_class r JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
                WHERE r.oid = k.confrelid
            ) END,
            'is_validated', k.convalidated,
            'is_enforced', coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true) AND NOT EXISTS (
                SELECT FROM pg_catalog.pg_trigger t WHERE t.tgconstraint = k.oid AND t.tgenabled IN ('D', 'R')
            ),
            'definition', pg_catalog.pg_get_constraintdef(k.oid)
        ) ORDER BY k.conname), '[]')
        FROM pg_catalog.pg_constraint k
        WHERE k.conrelid = c.oid
    )
)::text
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\_%'
ORDER BY n.nspname, c.relname
