package stub

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strconv"
)

// answer is what is sent as it is, head and all.
type answer struct {
	whole       []byte
	notModified []byte // for who has it already; nil where nobody can know
	tag         string
}

// form is what the answers of a stub have in common.
type form struct {
	cacheControl string
	tags         bool
}

func (f form) answer(value any) (answer, error) {
	body, err := json.Marshal(value)
	if err != nil {
		return answer{}, fmt.Errorf("stub: %w", err)
	}

	return f.of(body), nil
}

func (f form) of(body []byte) answer {
	var a answer

	if f.tags {
		hash := fnv.New64a()
		_, _ = hash.Write(body) // It never fails.
		a.tag = fmt.Sprintf(`"%x"`, hash.Sum64())
		a.notModified = append(f.head("304 Not Modified", a.tag), "\r\n"...)
	}

	a.whole = f.whole(f.head("200 OK", a.tag), body)

	return a
}

// head is an answer's beginning; its lines may go on.
func (f form) head(status, tag string) []byte {
	head := "HTTP/1.1 " + status + "\r\n"

	if f.cacheControl != "" {
		head += "Cache-Control: " + f.cacheControl + "\r\n"
	}

	if tag != "" {
		head += "ETag: " + tag + "\r\n"
	}

	return []byte(head)
}

// whole puts a body behind its head.
func (form) whole(head, body []byte) []byte {
	const decimal = 10

	head = append(head, "Content-Type: application/json\r\nContent-Length: "...)
	head = strconv.AppendInt(head, int64(len(body)), decimal)
	head = append(head, "\r\n\r\n"...)

	return append(head, body...)
}

// refusal is the answer to what the stub does not know.
func refusal(status, why string) []byte {
	return form{}.whole(form{}.head(status, ""), []byte(`{"error":"`+why+`"}`))
}
