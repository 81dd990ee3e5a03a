-- +goose Up

-- What each user bought: a read model of other services' orders, which an event
-- feed would keep up to date. Cancelled orders do not count.
CREATE TABLE purchases (
    user_id        TEXT NOT NULL,
    product_id     TEXT NOT NULL REFERENCES products (id),
    quantity       INTEGER NOT NULL CHECK (quantity > 0),
    last_delivered TEXT, -- date of the newest delivered order, YYYY-MM-DD; NULL: none yet
    PRIMARY KEY (user_id, product_id)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE purchases;
