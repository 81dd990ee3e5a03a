package seed

// category is one of the shop's departments. Its products are told apart by two
// words, {a} and {b}, of which there are enough pairs for every product.
type category struct {
	name     string // the slug that is stored and that pictures are chosen by
	a, b     string
	kinds    []kind
	closings string // second sentences of the descriptions, parted by |
}

// kind is one sort of product in a category.
//
// specs lists "key: value<value" where better values stand further right and
// come with a higher price, or "key: value|value" where any may be. name and
// text may hold {a}, {b} and the keys.
type kind struct {
	name      string
	low, high int // prices in whole units
	specs     string
	text      string
}

// catalogue returns the twelve departments.
func catalogue() []category {
	var all []category
	all = append(all, techCategories()...)
	all = append(all, homeCategories()...)
	return append(all, activeCategories()...)
}

const (
	techMakers   = "Kestrel, Halden, Novatek, Brightwell, Sorano, Vantis, Oakridge, Lumio, Tessera, Quanta Nine, Feldmark, Corvid"
	homeMakers   = "Nordlys, Casa Verde, Alderwood, Hearth & Co, Maren, Pfeiffer, Linde, Bellamy, Tavola, Grove Street, Svelte, Kilnhouse"
	activeMakers = "Ridgeline, Polaris, Fjell, Wildmark, Tramontana, Summit Six, Cairn, Larkspur, Ironleaf, Stride, Mistral, Basecamp"
	gameMakers   = "Meeplewood, Oddfellow, Rookery, Foxglove, Lanterna, Tinderbox, Marigold, Halfmoon, Corner Table, Ludo & Sons, Papillon, Cartwright"
	series       = "Aero, Nova, Prime, Vista, Orbit, Pulse, Atlas, Echo, Terra, Lyra, Onyx, Delta, Zephyr, Ember, Haven, Alto"
)
