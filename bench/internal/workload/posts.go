package workload

import (
	"encoding/json"
	"net/http"

	"storefront/bench/internal/stub"
)

// PostsA is a hundred posts, each with who wrote it.
func PostsA() *Workload {
	return posts("posts A", "posts-a", "{posts{id userId title user{id name email}}}", func() object {
		return object{"posts": each(stub.Posts(), func(p stub.Post) object {
			author := stub.NewPostUser(p.UserID - 1)

			return object{
				"id": p.ID, "userId": p.UserID, "title": p.Title,
				"user": object{"id": author.ID, "name": author.Name, "email": author.Email},
			}
		})}
	})
}

// PostsB is the titles of a hundred posts.
func PostsB() *Workload {
	return posts("posts B", "posts-b", "{posts{title}}", func() object {
		return object{"posts": each(stub.Posts(), func(p stub.Post) object { return object{"title": p.Title} })}
	})
}

// PostsC is a word that no service is asked for.
func PostsC() *Workload {
	return posts("posts C", "posts-c", "{greet}", func() object { return object{"greet": "Hello World!"} })
}

// posts is a query that is the same for everybody.
func posts(name, key, query string, data func() object) *Workload {
	body, err := json.Marshal(object{"query": query})
	if err != nil {
		panic(err) // A string can always be written.
	}

	return &Workload{
		Name: name, Key: key, Target: "posts", Method: http.MethodPost,
		Header: graphQLHeader(), Path: graphQLPath, Body: func(string) string { return string(body) },
		Mark: func(int) string { return `"data"` },
		Want: func(int) any { return object{"data": data()} },
	}
}
