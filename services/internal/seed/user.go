package seed

import (
	"math/rand/v2"
	"strconv"
	"strings"
)

// User is one customer. JoinedDate is YYYY-MM-DD and lies before the first
// order; Address is where their orders go.
type User struct {
	ID, Name, Email, Bio, Location, JoinedDate string
	Address                                    string
}

// Users returns every user, user_1 first. Names and e-mail addresses are unique.
func Users() []User {
	world := cultures()
	users := make([]User, 0, UserCount)
	users = append(users, johnDoe())
	for n := 2; n <= UserCount; n++ {
		users = append(users, newUser(world, n))
	}
	return users
}

// johnDoe is the person of the guide.
func johnDoe() User {
	return User{
		ID: userID(1), Name: "John Doe", Email: "john@example.com", Bio: "Tech enthusiast",
		Location: "New York", JoinedDate: "2020-01-01", Address: "123 Main St, New York, NY 10001",
	}
}

func newUser(world []culture, n int) User {
	roll := dice(userDice, n)
	home := world[(n-2)%len(world)]
	name := nameOf(home, (n-2)/len(world))
	city, post, _ := strings.Cut(pick(roll, list(home.cities, ",")), ":")
	address := strings.NewReplacer(
		"{number}", strconv.Itoa(1+roll.IntN(180)),
		"{street}", pick(roll, list(home.streets, ",")),
		"{city}", city, "{post}", post,
	).Replace(home.address)
	return User{
		ID: userID(n), Name: name, Email: emailOf(name), Bio: bio(roll, city),
		Location: city, JoinedDate: day(2018, roll.IntN(1800)), Address: address,
	}
}

// nameOf pairs names along diagonals of the table: no two pairs below 64 agree.
func nameOf(home culture, pair int) string {
	first, last := list(home.first, ","), list(home.last, ",")
	i := pair % len(first)
	return first[i] + " " + last[(pair/len(first)+i)%len(last)]
}

// emailOf writes the name in plain ASCII at a domain reserved for examples.
func emailOf(name string) string {
	ascii := strings.NewReplacer(
		" ", ".", "'", "", "ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "ø", "o", "å", "a", "ō", "o",
		"á", "a", "ã", "a", "ą", "a", "ç", "c", "é", "e", "è", "e", "ê", "e", "ë", "e", "í", "i", "ï", "i",
		"ł", "l", "ñ", "n", "ń", "n", "ó", "o", "ú", "u",
	).Replace(strings.ToLower(name))
	return ascii + "@example.org"
}

func bio(roll *rand.Rand, city string) string {
	job := pick(roll, list("a nurse, a teacher, an architect, a carpenter, a designer, a chemist, a pilot, a baker, "+
		"a translator, an engineer, a gardener, a librarian, a chef, a student", ","))
	hobby := pick(roll, list("trail running, film photography, board games, home cooking, cycling, birdwatching, "+
		"chess, choir singing, climbing, sourdough baking, old radios, sketching", ","))
	return strings.NewReplacer("{job}", job, "{hobby}", hobby, "{city}", city).Replace(pick(roll, []string{
		"From {city}. Into {hobby}.",
		"Works as {job}, spends the weekends with {hobby}",
		"By day {job} in {city}, by night all about {hobby}",
		"Happy with good coffee, long walks and {hobby}",
	}))
}
