-- Spreads the board over the machines of a Citus cluster (or any other that keeps PostgreSQL's tables by a key): all
-- rows of one street lie together. To be run once, on a database that `python -m data_access init` has made, and again
-- after an upgrade that brings new tables; without Citus it only widens the keys, and the board works as before.
-- Accounts, streets and what belongs to no street stay whole on every machine or on the first.

DO $$
DECLARE
    whole constant text[] := ARRAY['account', 'visit'];  -- asked for by name or token, before the street is known
    spread text[];
    own record;
    link record;
BEGIN
    SELECT array_agg(table_name::text) INTO spread
    FROM information_schema.columns
    WHERE table_schema = current_schema() AND column_name = 'street_id' AND table_name <> ALL (whole);

    -- references between rows of a street: taken off, then put on again with the street in them
    CREATE TEMP TABLE links ON COMMIT DROP AS
    SELECT conname, conrelid::regclass::text AS child, confrelid::regclass::text AS parent, attname AS part
    FROM pg_constraint
    JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
    WHERE contype = 'f' AND cardinality(conkey) = 1
      AND confrelid::regclass::text = ANY (spread)
      AND conrelid::regclass::text = ANY (spread || whole);
    FOR link IN SELECT * FROM links LOOP
        EXECUTE format('ALTER TABLE %I DROP CONSTRAINT %I', link.child, link.conname);
    END LOOP;

    FOR own IN
        SELECT conname, conrelid::regclass::text AS name FROM pg_constraint
        WHERE contype = 'p' AND cardinality(conkey) = 1 AND conrelid::regclass::text = ANY (spread)
    LOOP
        EXECUTE format('ALTER TABLE %I DROP CONSTRAINT %I, ADD CONSTRAINT %I PRIMARY KEY (street_id, id)',
                       own.name, own.conname, own.conname);
    END LOOP;

    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'citus') THEN
        PERFORM create_reference_table('street');
        PERFORM create_reference_table('account');
        FOR own IN SELECT unnest(spread) AS name LOOP
            PERFORM create_distributed_table(own.name, 'street_id');
        END LOOP;
    END IF;

    FOR link IN SELECT * FROM links WHERE child <> ALL (whole) LOOP
        EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I FOREIGN KEY (street_id, %I) REFERENCES %I (street_id, id)',
                       link.child, link.conname, link.part, link.parent);
    END LOOP;
END
$$;
