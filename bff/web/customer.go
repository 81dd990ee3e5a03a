package web

import (
	"context"
	"errors"

	"storefront/internal/fanout"
	"storefront/internal/fault"
	"storefront/internal/fresh"
	"storefront/internal/need"
	"storefront/internal/rest"
	"storefront/upstream/customer"
)

// The one section of a customer's summary: without it there is nothing to show.
var summaryCustomer = fanout.Section{Name: "customer", Subject: true, Need: need.Required}

// errNoCustomer is how it is told that the customer system knows no such
// customer, errNoCustomers that there is no such system.
var (
	errNoCustomer  error = fault.New(fault.NotFound, "no such customer")
	errNoCustomers error = fault.New(fault.NotFound, "no customers")
)

type customerInput struct {
	rest.Conditional

	CustomerID rest.ID `doc:"The customer's id, which is that of the user." example:"12345" path:"customer_id"`
}

type customerSummaryView struct {
	Name   *string       `doc:"The customer's full name; null where it is not known."                   json:"name"`
	Email  *string       `doc:"The customer's email address; null where it is not known."               json:"email"`
	Tier   customer.Tier `doc:"How much of a customer they are; UNKNOWN where that is not known."       enum:"PREMIUM,REGULAR,UNKNOWN" json:"tier"`
	Points *int64        `doc:"How many loyalty points the customer has; null where that is not known." json:"points"`

	rest.Partial
}

func (b *BFF) customerSummary(ctx context.Context, in customerInput) (customerSummaryView, fanout.Report, error) {
	someone := fanout.Of(summaryCustomer, func(ctx context.Context) (fresh.Value[customer.Customer], error) {
		return b.customers.Get(ctx, string(in.CustomerID))
	})

	report, err := fanout.Run(ctx, someone)

	switch {
	case errors.Is(someone.Err(), customer.ErrNoSystem):
		err = errNoCustomers
	case fault.KindOf(err) == fault.NotFound:
		err = errNoCustomer
	}

	if err != nil {
		return customerSummaryView{}, report, err
	}

	return viewSummary(someone.Value()), report, nil
}

func viewSummary(c *customer.Customer) customerSummaryView {
	return customerSummaryView{Name: known(c.Name.Full()), Email: known(c.Contact.Email), Tier: c.Tier, Points: c.LoyaltyPoints}
}
