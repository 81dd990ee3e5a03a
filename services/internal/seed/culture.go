package seed

// culture is a part of the world: its names, streets and cities, each cell a
// list, and how an address is written there.
type culture struct {
	first, last, streets, cities string
	address                      string
}

const (
	numberFirst = "{number} {street}, {city}, {post}"
	streetFirst = "{street} {number}, {post} {city}"
)

// cultures returns the parts of the world that the shop's people live in. Eight
// first and eight last names each make 64 people who share no full name.
func cultures() []culture {
	return []culture{
		{
			"Zoë, Jonas, Lena, Felix, Jürgen, Mia, Björn, Hannah", "Müller, Schneider, Weiß, Köhler, Fischer, Vogel, Bäcker, Lorenz",
			"Hauptstraße, Lindenweg, Gartenstraße, Am Markt", "Berlin:10115, Hamburg:20095, München:80331, Köln:50667", streetFirst,
		},
		{
			"Aoife, Liam, Siobhán, Conor, Niamh, Declan, Maeve, Seán", "O'Brien, Murphy, O'Sullivan, Byrne, Gallagher, Kelly, Doyle, Walsh",
			"Harbour Road, Abbey Street, Mill Lane, Castle View", "Dublin:D02, Cork:T12, Galway:H91, Limerick:V94", numberFirst,
		},
		{
			"Emma, James, Olivia, Marcus, Grace, Ethan, Naomi, Tyler", "Carter, Johnson, Reed, Bennett, Coleman, Hayes, Brooks, Foster",
			"Maple Avenue, Oak Street, Sunset Boulevard, 5th Avenue", "Chicago:IL 60601, Seattle:WA 98101, Austin:TX 78701, Boston:MA 02108", numberFirst,
		},
		{
			"Camille, Hugo, Chloé, Mathéo, Élodie, Lucas, Inès, Théo", "Dubois, Lefèvre, Moreau, Girard, Bonnet, Fournier, Mercier, Lambert",
			"Rue de la Paix, Avenue Foch, Rue Pasteur, Quai Voltaire", "Paris:75002, Lyon:69001, Nantes:44000, Toulouse:31000", numberFirst,
		},
		{
			"Lucía, Mateo, Sofía, Andrés, Carmen, Íñigo, Valeria, Joaquín", "García, Fernández, Núñez, Ortega, Ibáñez, Castillo, Ramos, Peña",
			"Calle Mayor, Gran Vía, Calle del Sol, Paseo Marítimo", "Madrid:28013, Sevilla:41001, Valencia:46002, Bilbao:48001", streetFirst,
		},
		{
			"Giulia, Marco, Chiara, Lorenzo, Elena, Matteo, Sara, Davide", "Rossi, Bianchi, Ricci, Conti, Gallo, Ferrara, D'Angelo, Greco",
			"Via Roma, Corso Italia, Via Garibaldi, Via dei Mille", "Milano:20121, Torino:10121, Bologna:40121, Napoli:80133", streetFirst,
		},
		{
			"Astrid, Erik, Freja, Lars, Sigrid, Søren, Åsa, Mikkel", "Hansen, Lindström, Nielsen, Bergström, Østergaard, Dahl, Åkesson, Holm",
			"Storgatan, Strandvejen, Kongens gate, Björkvägen", "Stockholm:111 22, København:1050, Oslo:0150, Göteborg:411 04", streetFirst,
		},
		{
			"Zofia, Jakub, Maja, Łukasz, Hanna, Paweł, Oliwia, Tomasz", "Nowak, Kaczmarek, Wójcik, Wieczorek, Gołąb, Dudek, Mazur, Krawczyk",
			"ulica Długa, ulica Polna, Rynek, ulica Lipowa", "Kraków:31-042, Warszawa:00-001, Gdańsk:80-831, Poznań:61-772", streetFirst,
		},
		{
			"Ananya, Arjun, Priya, Rohan, Kavya, Vikram, Meera, Aditya", "Sharma, Patel, Iyer, Reddy, Kapoor, Nair, Mehta, Banerjee",
			"MG Road, Park Street, Brigade Road, Hill Road", "Bengaluru:560001, Mumbai:400050, Kolkata:700016, Chennai:600002", numberFirst,
		},
		{
			"Yuki, Haruto, Sakura, Ren, Aoi, Kenji, Hana, Sota", "Tanaka, Suzuki, Watanabe, Kobayashi, Nakamura, Mori, Fujita, Ogawa",
			"Sakura-dōri, Meiji-dōri, Omotesandō, Kita-dōri", "Tokyo:100-0001, Osaka:530-0001, Kyoto:600-8216, Sapporo:060-0001", numberFirst,
		},
		{
			"Beatriz, João, Mariana, Thiago, Larissa, Rafael, Inês, Gonçalo", "Silva, Conceição, Oliveira, Araújo, Pereira, Magalhães, Rocha, Teixeira",
			"Rua Augusta, Avenida Paulista, Rua das Flores, Travessa do Carmo", "Lisboa:1100-048, Porto:4000-322, São Paulo:01310-100, Recife:50030-230", streetFirst,
		},
		{
			"Amara, Kwame, Zainab, Tunde, Nia, Sipho, Imani, Kofi", "Okafor, Mensah, Adeyemi, Dlamini, Kamau, Nkosi, Owusu, Diallo",
			"Independence Avenue, Airport Road, Market Street, Palm Close", "Lagos:101241, Accra:GA-184, Nairobi:00100, Cape Town:8001", numberFirst,
		},
	}
}
