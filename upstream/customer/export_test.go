package customer

import "storefront/internal/wire"

// Read reads a record about id without a call, so that no circuit opens where
// many are bad.
func (c *Client) Read(body []byte, id string) (got Customer, err error) {
	err = wire.Decode(body, func(r *wire.Reader) { got = c.read(r, id) })

	return got, err
}
