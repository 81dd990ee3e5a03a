package wire_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"storefront/internal/wire"
)

type order struct {
	ID    wire.ID     `json:"id"`
	Total wire.Number `json:"total"`
	Note  *string     `json:"note"`
}

func decodeOrder(r *wire.Reader) (o order) {
	for key := range r.Object() {
		switch key {
		case "id":
			o.ID = r.ID()
		case "total":
			o.Total = r.Number()
		case "note":
			o.Note = r.OptionalText()
		}
	}
	r.Require("id", !o.ID.IsZero())
	r.Require("total", !o.Total.IsZero())
	return o
}

func Example() {
	for _, body := range []string{
		`[{"id":7,"total":999.90,"note":null,"items":[{"quantity":2}]},{"id":"b","total":0.10}]`,
		`[{"id":7,"total":"999.90"}]`,
		`[{"id":7}]`,
	} {
		orders := []order{}
		err := wire.Decode([]byte(body), func(r *wire.Reader) {
			for range r.Array(3) {
				orders = append(orders, decodeOrder(r))
			}
		})
		if problem, ok := errors.AsType[*wire.Error](err); ok {
			fmt.Println(problem)
			continue
		}
		if err := json.NewEncoder(os.Stdout).Encode(orders); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// [{"id":7,"total":999.90,"note":null},{"id":"b","total":0.10,"note":null}]
	// json at "/0/total", offset 17: expected a number, found a string
	// json at "/0", offset 9: no member total
}
