package seed

func activeCategories() []category { //nolint:funlen // a table
	return []category{
		{
			"outdoor", activeMakers, series,
			[]kind{
				{
					"{a} {b} Tent", 99, 899,
					"persons: 1<2<3<4; weight: 1.2 kg|1.9 kg|2.8 kg; water_column: 2,000 mm<3,000 mm<5,000 mm; season: 3",
					"A {persons}-person tent that withstands {water_column} of water.",
				},
				{
					"{a} {b} Backpack", 49, 329,
					"volume: 22 l<35 l<50 l<65 l; weight: 0.8 kg|1.2 kg|1.7 kg; rain_cover: no<yes; colour: moss|slate|rust",
					"A {volume} backpack in {colour} that sits close and breathes.",
				},
				{
					"{a} {b} Sleeping Bag", 59, 499,
					"comfort: 10 °C<4 °C<-3 °C; filling: synthetic<duck down<goose down; weight: 0.7 kg|1.0 kg|1.4 kg",
					"A sleeping bag filled with {filling}, comfortable down to {comfort}.",
				},
				{
					"{a} {b} Trekking Poles", 29, 189,
					"material: aluminium<carbon; length: 100-130 cm|110-140 cm; weight: 360 g|420 g|480 g",
					"A pair of {material} poles, {length}, with cork grips.",
				},
			},
			"Tested on wet autumn weekends.|Packs smaller than you think.|Repair kit included.|For the first trip and the fiftieth.",
		},
		{
			"fitness", activeMakers, series,
			[]kind{
				{
					"{a} {b} Adjustable Dumbbells", 69, 449,
					"max_weight: 12 kg<20 kg<32 kg; steps: 6|10|15; material: steel|cast iron",
					"A pair of dumbbells of {material} with {steps} steps up to {max_weight}.",
				},
				{
					"{a} {b} Yoga Mat", 19, 119,
					"thickness: 4 mm|5 mm|6 mm; material: TPE<natural rubber<cork; length: 183 cm|200 cm",
					"A {thickness} mat of {material} that grips when it gets warm.",
				},
				{
					"{a} {b} Running Shoes", 69, 229,
					"drop: 4 mm|6 mm|8 mm; surface: road|trail|track; weight: 220 g|260 g|295 g",
					"Running shoes for the {surface} with a drop of {drop} and a soft landing.",
				},
				{
					"{a} {b} Rowing Machine", 249, 1499,
					"resistance: magnetic<water<air; max_load: 120 kg<136 kg<150 kg; folds: no|yes",
					"A rowing machine with {resistance} resistance for people up to {max_load}.",
				},
			},
			"For ten minutes a day or for two hours.|For beginners and for those who stayed.|Built for daily use.|Chosen by coaches.",
		},
		{
			"clothing", activeMakers, series,
			[]kind{
				{
					"{a} {b} Rain Jacket", 59, 399,
					"material: recycled nylon<3-layer shell; water_column: 8,000 mm<15,000 mm<20,000 mm; sizes: XS-XXL; colour: ochre|navy|olive",
					"A rain jacket in {colour}, sealed to {water_column}.",
				},
				{
					"{a} {b} Merino Sweater", 49, 189,
					"material: 100% merino; weight: 180 g/m²<250 g/m²<320 g/m²; sizes: XS-XXL; colour: charcoal|oat|burgundy",
					"A sweater of soft merino in {colour} that needs little washing.",
				},
				{
					"{a} {b} T-Shirt", 15, 49,
					"material: organic cotton|hemp and cotton; fit: regular|relaxed; sizes: XS-XXL; colour: white|black|sage",
					"A {fit} T-shirt of {material} in {colour}.",
				},
				{
					"{a} {b} Wool Socks", 9, 35,
					"material: wool and nylon<merino; pairs: 1<2<3; sizes: 36-47; height: ankle|crew|knee",
					"Socks of {material}, {height} high, with a padded heel.",
				},
			},
			"Keeps its shape for years.|Sewn in Portugal.|Wears well on its own or under a coat.|Repaired free of charge.",
		},
		{
			"games", gameMakers, series,
			[]kind{
				{
					"{a} {b} Board Game", 19, 89,
					"players: 1-4|2-4|2-6; duration: 30 min<60 min<120 min; age: 8+|10+|12+; language: English",
					"A board game for {players} players that takes about {duration}.",
				},
				{
					"{a} {b} Game Controller", 29, 179,
					"connection: USB-C<Bluetooth; battery: 12 hours<20 hours<40 hours; colour: black|white|teal",
					"A controller in {colour} with {battery} of play and sticks that do not drift.",
				},
				{
					"{a} {b} Puzzle", 12, 45,
					"pieces: 500<1,000<2,000; size: 49 x 36 cm<68 x 48 cm<96 x 68 cm; motif: an old map|a harbour|a botanical print",
					"A puzzle of {pieces} pieces that shows {motif} in fine detail.",
				},
				{
					"{a} {b} Chess Set", 25, 249,
					"board: 35 cm<45 cm<55 cm; wood: beech|walnut|maple; king: 76 mm<89 mm<96 mm",
					"A chess set of {wood} with a {board} board and a king of {king}.",
				},
			},
			"Easy to learn, hard to leave.|A good reason to stay in tonight.|Comes in a box worth keeping.|Loved by children and by grown-ups.",
		},
	}
}
