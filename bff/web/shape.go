package web

import (
	"storefront/graph/model"
	"storefront/upstream/customer"
	"storefront/upstream/order"
	"storefront/upstream/product"
	"storefront/upstream/user"
)

// Shapes share texts, digits and details with what was fetched; they are read
// only, like all that is fetched.

func shapeUser(u *user.User) *model.User {
	return &model.User{
		ID: u.ID.Text, Name: u.Name, Email: u.Email, ProfilePicture: u.ProfilePicture,
		Bio: u.Bio, Location: u.Location, JoinedDate: u.JoinedDate,
	}
}

func shapeCustomer(c *customer.Customer) *model.Customer {
	return &model.Customer{
		FullName: known(c.Name.Full()), Address: known(c.Address.String()), Phone: known(c.Contact.Phone),
		Tier: model.CustomerTier(c.Tier), LoyaltyPoints: c.LoyaltyPoints,
	}
}

func shapeSummary(c *customer.Customer) *model.CustomerSummary {
	return &model.CustomerSummary{
		Name: known(c.Name.Full()), Email: known(c.Contact.Email), Tier: model.CustomerTier(c.Tier), Points: c.LoyaltyPoints,
	}
}

// known is a text of the customer system, nil where it has none.
func known(text string) *string {
	if text == "" {
		return nil
	}

	return &text
}

func shapeProduct(p *product.Product) model.Product {
	return model.Product{
		ID: p.ID.Text, Name: p.Name, Price: model.Decimal(p.Price), Image: p.Image, Description: p.Description,
		Specs: p.Specs, Reviews: p.Reviews, Rating: (*model.Decimal)(p.Rating),
	}
}

func shapeProducts(list product.List) []model.Product {
	shapes := make([]model.Product, len(list))
	for i := range list {
		shapes[i] = shapeProduct(&list[i])
	}

	return shapes
}

func shapeOrder(o *order.Order, items []model.OrderItem) model.Order {
	for i, item := range o.Items {
		items[i] = model.OrderItem{ProductID: item.ProductID.Text, Quantity: item.Quantity}
	}

	return model.Order{
		ID: o.ID.Text, Date: o.Date, Total: model.Decimal(o.Total), Status: o.Status, Items: items,
		ShippingAddress: o.ShippingAddress, TrackingNumber: o.TrackingNumber,
	}
}

// shapeOrders makes the items of all orders in one piece.
func shapeOrders(list order.List) []model.Order {
	total := 0
	for i := range list {
		total += len(list[i].Items)
	}

	shapes, items := make([]model.Order, len(list)), make([]model.OrderItem, total)

	for i := range list {
		n := len(list[i].Items)
		shapes[i] = shapeOrder(&list[i], items[:n:n])
		items = items[n:]
	}

	return shapes
}
