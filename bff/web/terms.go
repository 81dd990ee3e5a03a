package web

import (
	"storefront/internal/fresh"
	"storefront/upstream/order"
	"storefront/upstream/product"
)

// Terms are on what terms an answer made of this page may be used again: those
// of all its parts. Its tags name what it shows, and whose lists.
func (p *Page) Terms() fresh.Terms {
	terms := fresh.Whole()

	for _, part := range p.users {
		terms = terms.With(part.Status(), "user:"+part.id)
	}

	for _, part := range p.customers {
		terms = terms.With(part.Status(), "customer:"+part.id)
	}

	for _, part := range p.recommended {
		terms = with(terms, part, productTags)
	}

	for _, part := range p.orders {
		terms = with(terms, part, orderTags)
	}

	for _, part := range p.single {
		terms = terms.With(part.Status(), "order:"+part.id)
	}

	if p.products != nil {
		terms = terms.With(p.products.Status(), idTags(p.asked)...)
	}

	return p.items.terms(terms)
}

// with adds a list of a user. No tags are made in vain, which is for nothing in
// most answers.
func with[T any](terms fresh.Terms, list part[T], tags func(list T, more string) []string) fresh.Terms {
	if status := list.Status(); status.State != fresh.Fresh || status.Until.IsZero() {
		return fresh.Terms{}
	}

	return terms.With(list.Status(), tags(*list.Value(), "user:"+list.id)...)
}

func productTags(list product.List, more string) []string {
	tags := append(make([]string, 0, 1+len(list)), more)
	for i := range list {
		tags = append(tags, "product:"+list[i].ID.Text)
	}

	return tags
}

func orderTags(list order.List, more string) []string {
	tags := append(make([]string, 0, 1+len(list)), more)
	for i := range list {
		tags = append(tags, "order:"+list[i].ID.Text)
	}

	return tags
}

// idTags name products that were asked for, also those that the service does not
// know: an answer without them is another one once they exist.
func idTags(ids []string) []string {
	tags := make([]string, len(ids))
	for i, id := range ids {
		tags[i] = "product:" + id
	}

	return tags
}
