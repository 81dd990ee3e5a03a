package playground

import _ "embed"

// Example is one operation that the playground shows in a tab when it opens.
type Example struct {
	Name      string `json:"name"`                // the operation's name, which titles its tab
	Query     string `json:"query"`               // a GraphQL document with that one operation
	Variables string `json:"variables,omitempty"` // a JSON object, or empty where it takes none
}

//go:embed examples/dashboard.graphql
var dashboard string

//go:embed examples/order_products.graphql
var orderProducts string

//go:embed examples/side_by_side.graphql
var sideBySide string

//go:embed examples/side_by_side.variables.json
var sideBySideVariables string

//go:embed examples/by_id.graphql
var byID string

//go:embed examples/customer.graphql
var customer string

// Examples returns the operations in the order of their tabs. Every one of
// them is valid against the web BFF's schema and succeeds as it stands.
//
// The first takes no variables: GraphiQL 4 leaves those of the tab that it
// opens with empty.
func Examples() []Example {
	return []Example{
		{Name: "Dashboard", Query: dashboard},
		{Name: "OrderProducts", Query: orderProducts},
		{Name: "SideBySide", Query: sideBySide, Variables: sideBySideVariables},
		{Name: "ById", Query: byID},
		{Name: "Customer", Query: customer},
	}
}
