package web

import (
	"context"
	"slices"
	"time"

	"storefront/graph/model"
	"storefront/internal/fault"
	"storefront/internal/fresh"
	"storefront/internal/ident"
	"storefront/upstream/order"
	"storefront/upstream/product"
)

// itemProducts fetches the products of all items of all orders of an operation
// in one call. Each planned order or list of orders is a producer, which offers
// what it has once; the call is made when all have. A producer that is very
// late does not keep the others' products from the page: it gets a call of its
// own later, if there is time.
type itemProducts struct {
	client    *product.Client
	producers int
	offers    chan []string
	asked     int // ids in all calls
	batches   []batch
}

// batch is one call: the ids asked for, in order, and what came of it.
type batch struct {
	ids   []string
	value fresh.Value[product.List]
	// shapes are the products of value, made once for all items; index is the
	// place in them by id.
	shapes []model.Product
	index  map[string]int
}

// newItemProducts returns nil where no products of items are needed.
func newItemProducts(client *product.Client, plan *Plan) *itemProducts {
	producers := plan.producers()
	if producers == 0 {
		return nil
	}

	return &itemProducts{client: client, producers: producers, offers: make(chan []string, producers)}
}

// offer hands over the orders of one producer, none when they could not be had.
func (p *itemProducts) offer(need listPlan, orders ...order.Order) {
	if !need.products {
		return
	}

	var ids []string

	for _, o := range orders {
		for _, item := range o.Items {
			ids = append(ids, item.ProductID.Text)
		}
	}

	p.offers <- ids // There is room for each producer's one offer.
}

// fetch is the part of the fan-out that asks for the products. Of what it
// returns only the status counts: the batches have the rest. Every producer
// offers, if only because its own time is up, so fetch needs no other end.
func (p *itemProducts) fetch(ctx context.Context) (all fresh.Value[struct{}], err error) {
	lastCall := time.NewTimer(patience(ctx))
	defer lastCall.Stop()

	var ids []string

	for missing, patient := p.producers, true; missing > 0; {
		select {
		case offered := <-p.offers:
			ids = append(ids, offered...)
			missing--
		case <-lastCall.C:
			patient = false
		}

		if !patient || missing == 0 {
			// After the deadline too: last good products may stand in.
			p.ask(ctx, ids)
			ids = nil
		}
	}

	return fresh.Value[struct{}]{Status: p.status()}, nil
}

// status is how the worst batch stands, and the earliest end of all.
func (p *itemProducts) status() (all fresh.Status) {
	for i := range p.batches {
		if one := p.batches[i].value.Status; i == 0 {
			all = one
		} else {
			all = all.And(one)
		}
	}

	return all
}

// terms are terms with all batches as more parts.
func (p *itemProducts) terms(terms fresh.Terms) fresh.Terms {
	if p == nil {
		return terms
	}

	for i := range p.batches {
		terms = terms.With(p.batches[i].value.Status, idTags(p.batches[i].ids)...)
	}

	return terms
}

// patience is how long all producers are waited for: half of what is left.
func patience(ctx context.Context) time.Duration {
	deadline, ok := ctx.Deadline()
	if !ok {
		return time.Hour // Without a budget nobody is in a hurry.
	}

	return time.Until(deadline) / 2 //nolint:mnd // Half.
}

// ask fetches those products that were not asked for before, up to the most
// that one operation may ask for.
func (p *itemProducts) ask(ctx context.Context, ids []string) {
	ids = slices.DeleteFunc(ids, func(id string) bool { return !ident.Valid(id) || p.find(id) != nil })
	slices.Sort(ids)
	ids = slices.Compact(ids)

	most := min(len(ids), product.MaxIDs-p.asked)
	p.asked += most

	if refused := ids[most:]; len(refused) > 0 {
		p.batches = append(p.batches, batch{ids: refused, value: fresh.None[product.List](fault.Overload)})
	}

	if ids = ids[:most]; len(ids) == 0 {
		return
	}

	held, missing := p.client.AtHand(ctx, ids)
	if len(held.Of) > 0 {
		p.add(idsOf(held.Of), held)
	}

	if len(missing) == 0 {
		return
	}

	value, err := p.client.ByID(ctx, missing)
	if err != nil {
		value = fresh.None[product.List](fault.KindOf(err))
	}

	p.add(missing, value)
}

// idsOf are the ids of products, in their order.
func idsOf(list product.List) []string {
	ids := make([]string, len(list))
	for i, p := range list {
		ids[i] = p.ID.Text
	}

	return ids
}

// add adds the products that were had for those ids.
func (p *itemProducts) add(ids []string, value fresh.Value[product.List]) {
	index := make(map[string]int, len(value.Of))
	for i, one := range value.Of {
		index[one.ID.Text] = i
	}

	p.batches = append(p.batches, batch{ids: ids, value: value, shapes: shapeProducts(value.Of), index: index})
}

// find returns the batch in which id was asked for, or nil.
func (p *itemProducts) find(id string) *batch {
	for i := range p.batches {
		if _, found := slices.BinarySearch(p.batches[i].ids, id); found {
			return &p.batches[i]
		}
	}

	return nil
}

// product returns what became of the product of that id.
func (p *itemProducts) product(id string) fresh.Value[*model.Product] {
	if p == nil {
		return fresh.None[*model.Product](fault.Unavailable) // Not planned.
	}

	asked := p.find(id)
	if asked == nil {
		return fresh.Now[*model.Product](nil) // Not an id that any service could know.
	}

	if asked.value.State == fresh.Omitted {
		return fresh.None[*model.Product](asked.value.Reason)
	}

	answer := fresh.Value[*model.Product]{Status: asked.value.Status}
	if i, known := asked.index[id]; known {
		answer.Of = &asked.shapes[i]
	}

	return answer
}
