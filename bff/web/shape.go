package web

import (
	"storefront/graph/model"
	"storefront/internal/wire"
	"storefront/upstream/order"
	"storefront/upstream/product"
	"storefront/upstream/user"
)

func shapeUser(u user.User) *model.User {
	return &model.User{
		ID: u.ID.Text, Name: u.Name, Email: u.Email, ProfilePicture: u.ProfilePicture,
		Bio: u.Bio, Location: u.Location, JoinedDate: u.JoinedDate,
	}
}

func shapeProduct(p product.Product) model.Product {
	specs := make([]model.Spec, len(p.Specs))
	for i, spec := range p.Specs {
		specs[i] = model.Spec{Name: spec.Name, Value: spec.Value}
	}

	return model.Product{
		ID: p.ID.Text, Name: p.Name, Price: model.Decimal{Number: p.Price}, Image: p.Image, Description: p.Description,
		Specs: specs, Reviews: p.Reviews, Rating: optionalDecimal(p.Rating),
	}
}

func shapeProducts(list product.List) []model.Product {
	shapes := make([]model.Product, len(list))
	for i, p := range list {
		shapes[i] = shapeProduct(p)
	}

	return shapes
}

func shapeOrder(o order.Order) model.Order {
	items := make([]model.OrderItem, len(o.Items))
	for i, item := range o.Items {
		items[i] = model.OrderItem{ProductID: item.ProductID.Text, Quantity: item.Quantity}
	}

	return model.Order{
		ID: o.ID.Text, Date: o.Date, Total: model.Decimal{Number: o.Total}, Status: o.Status, Items: items,
		ShippingAddress: o.ShippingAddress, TrackingNumber: o.TrackingNumber,
	}
}

func shapeOrders(list order.List) []model.Order {
	shapes := make([]model.Order, len(list))
	for i, o := range list {
		shapes[i] = shapeOrder(o)
	}

	return shapes
}

func optionalDecimal(n *wire.Number) *model.Decimal {
	if n == nil {
		return nil
	}

	return &model.Decimal{Number: *n}
}
