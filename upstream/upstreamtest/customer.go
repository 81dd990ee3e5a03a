package upstreamtest

import "fmt"

// customer is somebody as the legacy customer system has them.
type customer struct {
	Number       string `json:"cust_num"`
	FirstName    string `json:"f_name"`
	LastName     string `json:"l_name"`
	Line1        string `json:"addr_line_1"`
	Line2        string `json:"addr_line_2"`
	City         string `json:"city"`
	State        string `json:"state"`
	Zip          string `json:"zip"`
	Phone        string `json:"ph_num"`
	Email        string `json:"email_addr"`
	Type         string `json:"cust_type"`
	Points       int    `json:"loyalty_pts"`
	InternalNote string `json:"internal_note"`
}

// customerByID knows each user as a customer, by the user's id. How to have the
// record of an old system that is not kept clean, see [Gate.Set].
func customerByID(id string) (customer, bool) {
	return customer{
		Number:       id,
		FirstName:    "First of " + id,
		LastName:     "Last of " + id,
		Line1:        fmt.Sprintf("%d Street of %s", 1+len(id), id),
		Line2:        "Flat of " + id,
		City:         "Town of " + id,
		State:        "NY",
		Zip:          fmt.Sprintf("%05d", 10_000+len(id)),
		Phone:        fmt.Sprintf("%010d", 1_234_567_000+len(id)),
		Email:        id + "@example.com",
		Type:         [...]string{"P", "R"}[len(id)%2],
		Points:       1000 + len(id),
		InternalNote: Secret,
	}, !isMissing(id)
}
