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

-- +goose Down
DROP TABLE users;
