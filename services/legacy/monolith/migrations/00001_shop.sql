-- +goose Up
CREATE TABLE users (
    number      INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    email       TEXT NOT NULL UNIQUE,
    bio         TEXT NOT NULL,
    location    TEXT NOT NULL,
    joined_date TEXT NOT NULL -- YYYY-MM-DD
) STRICT;

CREATE TABLE products (
    number        INTEGER PRIMARY KEY, -- in the order in which they came into the shop
    id            TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    category      TEXT NOT NULL,
    description   TEXT NOT NULL,
    price_cents   INTEGER NOT NULL CHECK (price_cents >= 0),
    rating_tenths INTEGER NOT NULL CHECK (rating_tenths BETWEEN 0 AND 50), -- 0: not rated yet
    reviews       INTEGER NOT NULL CHECK (reviews >= 0)
) STRICT;

-- Both in the order in which products are recommended, and covering.
CREATE INDEX products_best ON products (rating_tenths DESC, reviews DESC, id);
CREATE INDEX products_best_of_category ON products (category, rating_tenths DESC, reviews DESC, id);

CREATE TABLE product_specs (
    product_id TEXT NOT NULL REFERENCES products (id),
    line       INTEGER NOT NULL,
    name       TEXT NOT NULL,
    value      TEXT NOT NULL,
    PRIMARY KEY (product_id, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE orders (
    number           INTEGER PRIMARY KEY, -- in the order in which they were placed
    id               TEXT NOT NULL UNIQUE,
    user_id          TEXT NOT NULL REFERENCES users (id),
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
    product_id TEXT NOT NULL REFERENCES products (id),
    quantity   INTEGER NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (order_id, line)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE order_items;
DROP TABLE orders;
DROP TABLE product_specs;
DROP TABLE products;
DROP TABLE users;
