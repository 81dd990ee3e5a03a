package api

import "unsafe"

// Post is a post.
type Post struct {
	ID, UserID  int64
	Title, Body string
	// User is who wrote it; nil where it is not asked for, or unknown.
	User *PostUser
}

// Posts are the posts of one answer.
type Posts []Post

// Size is about how many bytes of memory p holds.
func (p Posts) Size() int {
	size := int(unsafe.Sizeof(p)) + len(p)*int(unsafe.Sizeof(Post{}))
	for i := range p {
		size += len(p[i].Title) + len(p[i].Body)
	}

	return size
}

// PostUser is who wrote posts.
type PostUser struct {
	ID                    int64
	Name, Username, Email string
	Phone, Website        *string
}

// Size is about how many bytes of memory u holds, its texts aside, which nothing
// here keeps.
func (u PostUser) Size() int { return int(unsafe.Sizeof(u)) }
