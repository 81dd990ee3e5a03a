-- +goose Up
CREATE TABLE orders (
    number           INTEGER PRIMARY KEY, -- in the order in which they were placed
    id               TEXT NOT NULL UNIQUE,
    user_id          TEXT NOT NULL,
    date             TEXT NOT NULL, -- YYYY-MM-DD
    total_cents      INTEGER NOT NULL CHECK (total_cents >= 0),
    status           TEXT NOT NULL CHECK (status IN ('processing', 'shipped', 'delivered', 'cancelled')),
    shipping_address TEXT NOT NULL,
    tracking_number  TEXT -- NULL: nothing was sent
) STRICT;

-- Read backwards it is a user's history, the newest first.
CREATE INDEX orders_of_user ON orders (user_id, date, number);

CREATE TABLE order_items (
    order_id   TEXT NOT NULL REFERENCES orders (id),
    line       INTEGER NOT NULL,
    product_id TEXT NOT NULL,
    quantity   INTEGER NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (order_id, line)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE order_items;
DROP TABLE orders;
