package legacy

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"path/filepath"

	"storefront/services/internal/database"
	"storefront/services/internal/endpoint"
)

// Customer is the running customer system.
type Customer struct {
	db     *database.DB
	record *sql.Stmt
}

const selectRecord = `
SELECT cust_num, release, f_name, l_name, addr_line_1, addr_line_2, city, state, zip, ph_num, merged_phone, email_addr, cust_type, loyalty_pts, birth_dt
FROM customers WHERE cust_num = ?`

// OpenCustomer opens customers.db in the folder, or creates and fills it at the
// first start. Close releases it.
func OpenCustomer(ctx context.Context, dir string) (*Customer, error) {
	db, err := database.Open(ctx, filepath.Join(dir, "customers.db"), schema("customers"), fillCustomers)
	if err != nil {
		return nil, err
	}
	c := &Customer{db: db}
	if err := database.Prepare(ctx, db.Read, map[string]**sql.Stmt{selectRecord: &c.record}); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return c, nil
}

// Handler serves GET /cust/{cust_num}.
func (c *Customer) Handler() http.Handler {
	return endpoint.Handler(endpoint.Routes{"/cust/{cust_num}": c.customer})
}

// Close closes the database. Nothing may be served any more.
func (c *Customer) Close() error { return c.db.Close() }

// The system says UTF-8 of all that it sends, whatever it is.
const recordContent = "application/json; charset=utf-8"

// customer answers GET /cust/{cust_num}.
func (c *Customer) customer(r *http.Request) (endpoint.Answer, error) {
	number, err := endpoint.ParseID("cust_num", r.PathValue("cust_num"))
	if err != nil {
		return endpoint.Answer{}, err
	}
	found, ok, err := database.One(r.Context(), c.record, (*record).cells, number)
	if err != nil {
		return endpoint.Answer{}, err
	}
	if !ok {
		return endpoint.Raw(http.StatusNotFound, recordContent, []byte(`{"err_cd":"E404","err_msg":"CUSTOMER NOT ON FILE"}`)), nil
	}
	return endpoint.Raw(http.StatusOK, recordContent, found.json()), nil
}
