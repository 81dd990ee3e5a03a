package customer

import (
	"strings"
	"unsafe"
)

// Customer is what the legacy customer system knows of somebody, in our words.
// A text that it does not know is empty. Customers are shared and read only.
type Customer struct {
	// ID is the one that was asked for.
	ID      string
	Name    Name
	Address Address
	Contact Contact
	Tier    Tier
	// LoyaltyPoints is from 0 to 2147483647, the most that every client can take;
	// nil where it is not known.
	LoyaltyPoints *int64
}

// Name is what somebody is called.
type Name struct{ First, Last string }

// Full is the whole name, or what is known of it.
func (n Name) Full() string { return joined(" ", n.First, n.Last) }

// Address is where somebody lives.
type Address struct{ Street, City, State, ZipCode string }

// String is the address in one line, such as "123 Main St, NYC, NY 10001",
// without what is not known.
func (a Address) String() string {
	return joined(", ", a.Street, a.City, joined(" ", a.State, a.ZipCode))
}

// Contact is how somebody is reached.
type Contact struct {
	// Phone is "(123) 456-7890" for ten digits, else as the system has it.
	Phone string
	Email string
}

// Tier is how much of a customer somebody is.
type Tier string

// The tiers. Unknown is one that is not known, or that we do not know.
const (
	Premium Tier = "PREMIUM"
	Regular Tier = "REGULAR"
	Unknown Tier = "UNKNOWN"
)

// Size is about how many bytes of memory c holds.
func (c Customer) Size() int {
	size := int(unsafe.Sizeof(c)) + len(c.ID)
	for _, text := range []string{
		c.Name.First, c.Name.Last, c.Address.Street, c.Address.City, c.Address.State, c.Address.ZipCode, c.Contact.Phone, c.Contact.Email,
	} {
		size += len(text)
	}

	if c.LoyaltyPoints != nil {
		size += int(unsafe.Sizeof(*c.LoyaltyPoints))
	}

	return size
}

// Tags name what c is about.
func (c Customer) Tags() []string { return []string{"customer:" + c.ID} }

// joined puts parts together, without the blank ones.
func joined(between string, parts ...string) string {
	some := make([]string, 0, len(parts))
	for _, part := range parts {
		if part != "" {
			some = append(some, part)
		}
	}

	return strings.Join(some, between)
}
