-- +goose Up

-- Whatever was typed in, in the coding of the terminal: bytes, though it says TEXT.
CREATE TABLE customers (
    cust_num     TEXT PRIMARY KEY,
    release      INTEGER NOT NULL, -- of the program that wrote the record, and writes it out in its own way
    f_name       TEXT NOT NULL,
    l_name       TEXT NOT NULL,
    addr_line_1  TEXT NOT NULL,
    addr_line_2  TEXT,
    city         TEXT NOT NULL,
    state        TEXT,
    zip          TEXT NOT NULL,
    ph_num       TEXT,
    merged_phone TEXT, -- of a record that was merged into this one
    email_addr   TEXT,
    cust_type    TEXT NOT NULL,
    loyalty_pts  INTEGER,
    birth_dt     TEXT -- YYYY-MM-DD; NULL: nobody asked
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE customers;
