package h1

import "io"

// ReadAnswer reads one answer from src. left are the bytes that were read and not
// used.
func ReadAnswer(src io.Reader, buffer, maxHeader, maxBody int, a *Answer) (keep bool, left []byte, err error) {
	a.Reset()

	c := conn{reader: reader{src: src, buf: make([]byte, buffer)}}
	keep, err = c.answer(&call{limits: limits{maxHeader, maxBody}, answer: a})

	return keep, c.reader.unread(), err
}

// Idle is how many connections nobody uses, and Places how many there are in all.
func (c *Client) Idle() int {
	c.pool.mu.Lock()
	defer c.pool.mu.Unlock()

	return len(c.pool.idle)
}

// Places is how many connections there are, busy and idle.
func (c *Client) Places() int {
	c.pool.mu.Lock()
	defer c.pool.mu.Unlock()

	return c.pool.places
}

// Waiting is how many callers wait for a connection.
func (c *Client) Waiting() int {
	c.pool.mu.Lock()
	defer c.pool.mu.Unlock()

	return c.pool.waiting.Len()
}
