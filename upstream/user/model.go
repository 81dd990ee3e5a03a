package user

import (
	"unsafe"

	"storefront/internal/wire"
)

// Fields is a set of fields of a [User]. A client reads no other ones, so that
// nothing is decoded or kept that its BFF does not show.
type Fields uint8

// The fields of a user beside the id, which is always read.
const (
	Name Fields = 1 << iota
	Email
	ProfilePicture
	Bio
	Location
	JoinedDate

	// All are all fields.
	All = Name | Email | ProfilePicture | Bio | Location | JoinedDate
)

// Has reports whether field is in the set.
func (f Fields) Has(field Fields) bool { return f&field != 0 }

// User is a customer of the shop. Optional fields are nil where the service
// has none or the client does not read them.
type User struct {
	ID             wire.ID
	Name           string
	Email          *string
	ProfilePicture *string // URL
	Bio            *string
	Location       *string
	JoinedDate     *string // as the service writes it, such as 2020-01-01
}

// Size is about how many bytes of memory u holds.
func (u User) Size() int {
	size := int(unsafe.Sizeof(u)) + len(u.ID.Text) + len(u.Name)
	for _, text := range []*string{u.Email, u.ProfilePicture, u.Bio, u.Location, u.JoinedDate} {
		size += wire.TextSize(text)
	}

	return size
}

// Tags name what u is about.
func (u User) Tags() []string { return []string{"user:" + u.ID.Text} }
