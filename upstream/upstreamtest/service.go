package upstreamtest

import (
	"fmt"
	"slices"
)

// Service names an upstream service. As text it is what specs write: "user",
// "product", "order" or "customer".
type Service string

// The three upstream services.
const (
	User    Service = "user"
	Product Service = "product"
	Order   Service = "order"
)

// Customer is the legacy customer system, which answers otherwise: it is none of
// those that every page is made of.
const Customer Service = "customer"

// Services lists the three services in the order user, product, order.
func Services() []Service {
	return []Service{User, Product, Order}
}

// All lists all services, the legacy customer system last.
func All() []Service { return append(Services(), Customer) }

// UnmarshalText reads a service's name, also as a key of a JSON object. A name
// that is none of theirs is an error.
func (s *Service) UnmarshalText(text []byte) error {
	name := Service(text)
	if !slices.Contains(All(), name) {
		return fmt.Errorf("upstreamtest: unknown service %.64q, allowed are %v", text, All())
	}
	*s = name
	return nil
}
