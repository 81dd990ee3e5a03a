package seed

func homeCategories() []category { //nolint:funlen // a table
	return []category{
		{
			"lighting", homeMakers, series,
			[]kind{
				{
					"{a} {b} Desk Lamp", 24, 189,
					"brightness: 400 lm<600 lm<900 lm; colour_temperature: 2700 K|3000 K|4000 K; dimmable: no<yes; finish: brass|matt black|white",
					"A desk lamp in {finish} that gives {brightness} exactly where it is needed.",
				},
				{
					"{a} {b} Floor Lamp", 59, 399,
					"height: 145 cm<160 cm<185 cm; socket: E27; shade: linen|paper|glass",
					"A floor lamp of {height} with a shade of {shade} and a warm, even glow.",
				},
				{
					"{a} {b} Pendant Light", 39, 349,
					"diameter: 20 cm<35 cm<50 cm; socket: E27|E14; material: glass|steel|rattan; cable: 150 cm",
					"A pendant of {material}, {diameter} wide, for the table everyone gathers at.",
				},
			},
			"The cable is long enough.|Bulbs can be changed without tools.|Kind to tired eyes.|Looks good switched off, too.",
		},
		{
			"kitchen", homeMakers, series,
			[]kind{
				{
					"{a} {b} Espresso Machine", 129, 899,
					"pressure: 9 bar|15 bar; tank: 1.1 l<1.8 l<2.5 l; warm_up: 60 s|40 s|25 s; grinder: none<conical burr",
					"An espresso machine with {pressure} of pressure and a {tank} tank, hot in {warm_up}.",
				},
				{
					"{a} {b} Chef's Knife", 25, 219,
					"blade: 16 cm|20 cm|24 cm; steel: stainless<high carbon<Damascus; handle: olive wood|walnut|resin",
					"A {blade} knife of {steel} steel with a handle of {handle}.",
				},
				{
					"{a} {b} Cast Iron Pot", 45, 289,
					"volume: 2.5 l<4 l<6.7 l; diameter: 20 cm|24 cm|28 cm; hob: gas, electric, induction; colour: cream|forest|ink",
					"A cast iron pot of {volume} in {colour} for stews, bread and Sunday roasts.",
				},
				{
					"{a} {b} Kettle", 29, 149,
					"volume: 1 l<1.5 l<1.7 l; power: 1,800 W<2,200 W<3,000 W; temperatures: 1<4<6",
					"A quiet kettle that boils {volume} with {power}.",
				},
			},
			"A gift that people ask for again.|Easy to clean.|Used daily in our own kitchen.|Gets better with the years.",
		},
		{
			"furniture", homeMakers, series,
			[]kind{
				{
					"{a} {b} Office Chair", 119, 899,
					"armrests: fixed<adjustable<4D; load: 110 kg<130 kg<150 kg; upholstery: mesh|wool|fabric; warranty: 2 years<5 years<10 years",
					"An office chair in {upholstery} with {armrests} armrests that carries up to {load}.",
				},
				{
					"{a} {b} Oak Table", 249, 1799,
					"length: 140 cm<180 cm<220 cm; seats: 4<6<8; finish: oiled|lacquered; material: oak",
					"A table of {finish} oak, {length} long, with room for {seats}.",
				},
				{
					"{a} {b} Bookshelf", 69, 599,
					"height: 110 cm<180 cm<220 cm; shelves: 3<5<6; load_per_shelf: 20 kg|25 kg|30 kg; material: pine|oak|birch",
					"A shelf of {material} with {shelves} boards that hold {load_per_shelf} each.",
				},
				{
					"{a} {b} Sofa", 449, 2899,
					"seats: 2<3<4; cover: linen|velvet|bouclé; width: 165 cm<210 cm<260 cm; removable_cover: no<yes",
					"A deep sofa for {seats}, {width} wide, covered in {cover}.",
				},
			},
			"Arrives flat, stands in half an hour.|Materials from certified sources.|Solid enough to move house with.|Quiet lines that fit old rooms and new.",
		},
		{
			"books", "Quiet, Amber, Last, Hidden, Distant, Northern, Paper, Silver, Forgotten, Long, Glass, Wild",
			"Harbour, Orchard, Lighthouse, Valley, Winter, Garden, River, Station, Island, Letter, Forest, Bridge, Mountain, Summer, House, Road",
			[]kind{
				{
					"The {a} {b}", 9, 28,
					"pages: 224|288|352|416; format: paperback<hardcover; language: English; genre: novel|mystery|family saga",
					"A {genre} of {pages} pages that begins with a return nobody expected.",
				},
				{
					"A History of the {a} {b}", 14, 45,
					"pages: 320<448<640; format: paperback<hardcover; language: English; illustrations: 24|48|96",
					"A history told through letters, maps and {illustrations} pictures.",
				},
				{
					"Cooking at the {a} {b}", 16, 42,
					"pages: 192<256<304; format: hardcover; language: English; recipes: 70<100<125",
					"A cookbook with {recipes} recipes for weekdays and for guests.",
				},
				{
					"Walking to the {a} {b}", 11, 26,
					"pages: 176|208|240; format: paperback; language: English; routes: 12|20|30",
					"A walker's account of {routes} routes, with sketches and good advice.",
				},
			},
			"Hard to put down.|A book to lend and never get back.|With an afterword by the author.|Printed on paper that lies flat.",
		},
	}
}
