package stub

import "strconv"

// How many posts there are, and how many users wrote them.
const (
	PostCount     = 100
	PostUserCount = 10
)

// Post is one post, about 250 bytes of JSON. Posts are what benchmarks of GraphQL
// servers are often made with, spelled as there.
type Post struct {
	ID     int    `json:"id"`
	UserID int    `json:"userId"` //nolint:tagliatelle // As in those benchmarks.
	Title  string `json:"title"`
	Body   string `json:"body"`
}

// PostUser is who wrote posts.
type PostUser struct {
	ID       int    `json:"id"`
	Name     string `json:"name"`
	Username string `json:"username"`
	Email    string `json:"email"`
	Phone    string `json:"phone"`
	Website  string `json:"website"`
}

// Posts returns all posts: ten of each user in a row.
func Posts() []Post {
	const body = "quia et suscipit recusandae\nconsequuntur expedita et cum reprehenderit\n" +
		"molestiae ut quas totam nostrum rerum\nest autem sunt rem eveniet architecto quia et nihil"

	posts := make([]Post, PostCount)
	for i := range posts {
		posts[i] = Post{
			ID: i + 1, UserID: i*PostUserCount/PostCount + 1, Body: body,
			Title: "sunt aut facere repellat provident occaecati " + strconv.Itoa(i+1),
		}
	}

	return posts
}

// NewPostUser returns the nth of those who wrote posts, counted from 0.
func NewPostUser(n int) PostUser {
	id := strconv.Itoa(n + 1)

	return PostUser{
		ID: n + 1, Name: "Leanne Graham " + id, Username: "Bret" + id, Email: "sincere" + id + "@example.com",
		Phone: "1-770-736-8031", Website: "example.org",
	}
}
