package upstreamtest

import (
	_ "embed" // The record.
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// customerRecord is somebody as the legacy customer system has them. Its names
// for things stay in that file: nobody else is to know them. Programs that put
// faults before services do not link it, since they make no such system.
//
//go:embed testdata/customer.json
var customerRecord string

// customerByID knows each user as a customer, by the user's id. How to have the
// record of an old system that is not kept clean, see [Gate.Set].
func customerByID(id string) (json.RawMessage, bool) {
	quoted, err := json.Marshal(id)
	if err != nil {
		panic(err) // A string can be encoded.
	}

	record := strings.NewReplacer(
		"{id}", string(quoted[1:len(quoted)-1]),
		"{house}", strconv.Itoa(1+len(id)),
		"{zip}", fmt.Sprintf("%05d", 10_000+len(id)),
		"{phone}", fmt.Sprintf("%010d", 1_234_567_000+len(id)),
		"{type}", [...]string{"P", "R"}[len(id)%2],
		"{points}", strconv.Itoa(1000+len(id)),
		"{secret}", Secret,
	).Replace(customerRecord)

	return json.RawMessage(record), !isMissing(id)
}
