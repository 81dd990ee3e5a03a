package product

import "storefront/internal/wire"

// required are the fields that the service must send.
const required = Name | Price

// usual is as many products as a page shows at most. More are read as well, but not
// as fast.
const usual = 20

// decode reads
//
//	{"id","name","price","image","description","specs":{"ram","storage",…},"reviews","rating"}
func decode(r *wire.Reader, read Fields) (p Product) {
	missing := required & read

	for key := range r.Object() {
		switch {
		case key == "id":
			p.ID = r.ID()
		case key == "name" && read.Has(Name):
			missing &^= Name
			p.Name = r.Text()
		case key == "price" && read.Has(Price):
			missing &^= Price
			p.Price = r.Number()
		case key == "image" && read.Has(Image):
			p.Image = r.OptionalText()
		case key == "description" && read.Has(Description):
			p.Description = r.OptionalText()
		case key == "specs" && read.Has(Specification):
			p.Specs = r.TextMap(maxSpecs)
		case key == "reviews" && read.Has(Reviews):
			p.Reviews = r.OptionalCount()
		case key == "rating" && read.Has(Rating):
			p.Rating = r.OptionalNumber()
		}
	}

	r.Require("id", !p.ID.IsZero())
	r.Require("name", !missing.Has(Name))
	r.Require("price", !missing.Has(Price))

	return p
}

// decodeOne reads the one product that was asked for.
func decodeOne(r *wire.Reader, asked string, read Fields) Product {
	p := decode(r, read)
	if p.ID.Text != asked {
		r.Fail("the answer is about another product")
	}

	return p
}

// decodeList reads the first limit products of a list.
func decodeList(r *wire.Reader, limit int, read Fields) List {
	var few [usual]Product // It stays on the stack.

	all := few[:0]
	for range r.Array(limit) {
		all = append(all, decode(r, read))
	}

	list := make(List, len(all)) // It may be kept: what it holds is what it counts.
	copy(list, all)

	return list
}

// decodeAsked reads those products of a list that were asked for, each once.
func decodeAsked(r *wire.Reader, ids []string, read Fields) List {
	asked := make(map[string]bool, len(ids))
	for _, id := range ids {
		asked[id] = true
	}

	list := List{}

	for range r.Array(maxStrangers + len(ids)) {
		if p := decode(r, read); asked[p.ID.Text] {
			asked[p.ID.Text] = false
			list = append(list, p)
		}
	}

	return list
}
