package seed

func techCategories() []category { //nolint:funlen // a table
	return []category{
		{
			"computers", techMakers, series,
			[]kind{
				{
					"{a} {b} {screen} Laptop", 449, 2699,
					"ram: 8GB<16GB<32GB<64GB; storage: 256GB SSD<512GB SSD<1TB SSD<2TB SSD; screen: 13.3-inch|14-inch|15.6-inch; battery: 8 hours<11 hours<15 hours",
					"A laptop with {ram} of memory and a {storage} that lasts {battery} away from the socket.",
				},
				{
					"{a} {b} Desktop PC", 549, 2999,
					"ram: 16GB<32GB<64GB; storage: 512GB SSD<1TB SSD<2TB SSD; processor: 6 cores<8 cores<12 cores<16 cores; ports: 8 x USB",
					"A quiet desktop with {processor}, {ram} of memory and a {storage}.",
				},
				{
					"{a} {b} {size} Monitor", 129, 899,
					"size: 24-inch<27-inch<32-inch; resolution: 1920 x 1080<2560 x 1440<3840 x 2160; refresh_rate: 60 Hz|75 Hz|144 Hz; panel: IPS|VA|OLED",
					"A {size} screen at {resolution} with true colours from edge to edge.",
				},
				{
					"{a} {b} Keyboard", 29, 189,
					"layout: ISO|ANSI; switches: membrane<tactile<linear; connection: USB-C<Bluetooth; keys: 68|84|104",
					"A {keys}-key keyboard with {switches} switches, connected by {connection}.",
				},
			},
			"Made to be opened, cleaned and repaired.|Set up in five minutes.|Comes with three years of updates.|Just as happy in an office as on a kitchen table.",
		},
		{
			"phones", techMakers, series,
			[]kind{
				{
					"{a} {b} Smartphone", 199, 1199,
					"storage: 64GB<128GB<256GB<512GB; screen: 5.8-inch|6.1-inch|6.7-inch; camera: 12 MP<48 MP<108 MP; battery: 3,900 mAh<4,500 mAh<5,000 mAh",
					"A phone with a bright {screen} screen, a {camera} camera and {storage} for pictures.",
				},
				{
					"{a} {b} Tablet", 159, 999,
					"storage: 64GB<128GB<256GB; screen: 8.7-inch<10.4-inch<12.4-inch; weight: 320 g|460 g|540 g",
					"A light {screen} tablet with {storage}, good for reading, drawing and films.",
				},
				{
					"{a} {b} Smartwatch", 79, 429,
					"case: 40 mm|44 mm; battery: 2 days<7 days<14 days; water_resistance: 3 ATM<5 ATM<10 ATM",
					"A watch that counts steps, sleep and laps for {battery} on one charge.",
				},
				{
					"{a} {b} Charger {power}", 15, 69,
					"power: 20 W<45 W<65 W<100 W; ports: 1 x USB-C<2 x USB-C<3 x USB-C; colour: white|black",
					"A small {power} charger with {ports} that stays cool.",
				},
			},
			"Works with what you already have.|In the box: cable, guide and nothing that ends up in a drawer.|Survives a fall from a pocket.|Small enough for a jacket.",
		},
		{
			"audio", techMakers, series,
			[]kind{
				{
					"{a} {b} Headphones", 49, 449,
					"noise_cancelling: none<adaptive; battery: 20 hours<30 hours<50 hours; weight: 190 g|230 g|260 g; colour: black|sand|navy",
					"Over-ear headphones that play for {battery} and fold flat.",
				},
				{
					"{a} {b} Earbuds", 29, 279,
					"battery: 5 hours<7 hours<9 hours; codec: SBC<AAC<LDAC; water_resistance: IPX4|IPX5|IPX7",
					"Earbuds with {battery} of music, {water_resistance} against sweat and rain.",
				},
				{
					"{a} {b} Bluetooth Speaker", 35, 329,
					"output: 10 W<20 W<40 W; battery: 10 hours<16 hours<24 hours; water_resistance: IPX5|IP67",
					"A {output} speaker for kitchen, balcony or lake, good for {battery}.",
				},
				{
					"{a} {b} Turntable", 149, 799,
					"drive: belt<direct; speeds: 33/45 rpm; cartridge: moving magnet<moving coil; finish: walnut|black|white",
					"A {drive}-drive turntable in {finish} for records old and new.",
				},
			},
			"Voices stay clear at low volume.|Tuned by people who play instruments.|Spare parts are sold for ten years.|Sounds right from the first minute.",
		},
		{
			"photography", techMakers, series,
			[]kind{
				{
					"{a} {b} Mirrorless Camera", 549, 2999,
					"sensor: Micro Four Thirds<APS-C<full frame; resolution: 20 MP<26 MP<45 MP; video: 4K 30p<4K 60p<8K 30p; weight: 390 g|510 g|660 g",
					"A mirrorless camera whose {sensor} sensor takes pictures of {resolution} and {video} video.",
				},
				{
					"{a} {b} {focal_length} Lens", 179, 1699,
					"focal_length: 24mm|35mm|50mm|85mm; aperture: f/2.8<f/1.8<f/1.4; filter: 52mm|67mm|77mm",
					"A sharp {focal_length} lens that opens to {aperture} for soft backgrounds.",
				},
				{
					"{a} {b} Tripod", 39, 399,
					"material: aluminium<carbon fibre; height: 135 cm<155 cm<175 cm; load: 4 kg<8 kg<15 kg",
					"A tripod of {material} that stands {height} tall and holds {load}.",
				},
				{
					"{a} {b} Camera Bag", 29, 219,
					"volume: 6 l<12 l<20 l; material: canvas|recycled nylon|leather; laptop: none<13-inch<15-inch",
					"A padded bag of {material} with {volume} for camera, lenses and lunch.",
				},
			},
			"Light enough to take along every day.|Sealed against dust and drizzle.|A fine companion on a city weekend.|Made for many years of pictures.",
		},
	}
}
