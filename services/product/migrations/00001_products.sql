-- +goose Up
CREATE TABLE products (
    number        INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    category      TEXT NOT NULL,
    price_cents   INTEGER NOT NULL CHECK (price_cents >= 0),
    description   TEXT NOT NULL,
    specs         TEXT NOT NULL CHECK (json_type(specs) = 'object'),
    reviews       INTEGER NOT NULL CHECK (reviews >= 0),
    rating_tenths INTEGER NOT NULL CHECK (rating_tenths BETWEEN 0 AND 50) -- 0: not rated yet
) STRICT;

-- Both in the order in which products are recommended, and covering.
CREATE INDEX products_best ON products (rating_tenths DESC, reviews DESC, id);
CREATE INDEX products_best_of_category ON products (category, rating_tenths DESC, reviews DESC, id);

-- +goose Down
DROP TABLE products;
