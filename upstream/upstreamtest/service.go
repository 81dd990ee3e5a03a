package upstreamtest

import (
	"fmt"
	"slices"
)

// Service names one of the three upstream services. As text it is what specs
// write: "user", "product" or "order".
type Service string

// The three upstream services.
const (
	User    Service = "user"
	Product Service = "product"
	Order   Service = "order"
)

// Services lists the three services in the order user, product, order.
func Services() []Service {
	return []Service{User, Product, Order}
}

// UnmarshalText reads a service's name, also as a key of a JSON object. A name
// that is none of the three is an error.
func (s *Service) UnmarshalText(text []byte) error {
	name := Service(text)
	if !slices.Contains(Services(), name) {
		return fmt.Errorf("upstreamtest: unknown service %.64q, allowed are %v", text, Services())
	}
	*s = name
	return nil
}
