package strangler

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"storefront/internal/fault"
	"storefront/internal/serve"
	"storefront/internal/telemetry"
)

// maxKept is the most of a body that is held in memory, to be checked or compared.
const maxKept = 1 << 20

// passing is the body of an answer while it is passed on.
type passing struct {
	io.Reader // what the client gets

	body   io.Closer
	answer *http.Response
	leash  *leash
	record *telemetry.Record
	call   telemetry.Call

	keep bool
	kept []byte
	held int               // bytes that are taken of room for kept
	room *shadows          // nil: nothing is kept
	use  func(body []byte) // is told of the whole body, or that there is none; nil: nobody

	wait   waiter           // for the next piece
	upload *upload          // the client's body, which may break the answer off; nil: none
	note   func(broke bool) // is told how it ends; nil: nobody, or by now
}

// keep has an answer be that of the client, and tells what is to be compared.
func (c *passage) keep(l *leash, ask Ask, response *http.Response, call telemetry.Call) Reply {
	serve.PruneTrailer(response.Trailer)

	p := &passing{
		Reader: response.Body, body: response.Body, answer: response, leash: l, record: c.record, call: call,
		upload: c.upload,
		wait:   waiter{most: quietFor(response.Header.Get("Content-Type")), leash: l, upload: c.upload},
	}
	response.Body, c.response = p, response

	if ask.Keep && canCompare(c.request.Method, response) {
		p.begin(c.of.shadows, int(response.ContentLength))
	}

	reply := Reply{Status: response.StatusCode, Encoding: response.Header.Get("Content-Encoding"), Ends: p.ends}
	if ask.Keep {
		reply.Later = p.later
	}

	return reply
}

// canCompare reports whether an answer is whole by itself.
func canCompare(method string, response *http.Response) bool {
	status := response.StatusCode

	return method == http.MethodGet && (status == http.StatusOK || status >= http.StatusBadRequest && status < http.StatusInternalServerError) &&
		response.Header.Get("Content-Range") == "" && response.ContentLength <= maxKept
}

// begin has the body be kept, of which length bytes are to come; -1 is not known.
func (p *passing) begin(room *shadows, length int) {
	p.room = room
	p.kept = make([]byte, 0, max(0, length))
	p.fits()
}

// more keeps a piece more.
func (p *passing) more(piece []byte) {
	if p.kept = append(p.kept, piece...); len(p.kept) > maxKept {
		p.drop()

		return
	}

	p.fits()
}

// fits takes room for what is kept, or keeps nothing where there is none.
func (p *passing) fits() {
	takes := cap(p.kept)

	if p.keep = p.room.hold(takes - p.held); p.keep {
		p.held = takes
	} else {
		p.drop()
	}
}

// drop keeps nothing more, and gives the room back.
func (p *passing) drop() {
	if p.held > 0 {
		p.room.release(p.held)
	}

	p.keep, p.kept, p.held = false, nil, 0
}

// later has use be told once: of the body when the client has it, or of nil when
// it is known that there will be none to compare. It is called before the body is
// read.
func (p *passing) later(use func(body []byte)) { p.use = use }

// ends has note be told how the body ends. It is called before the body is read.
func (p *passing) ends(note func(broke bool)) { p.note = note }

// ended tells how the body has ended, once.
func (p *passing) ended(broke bool) {
	if p.note != nil {
		p.note(broke)
		p.note = nil
	}
}

// broken notes that the body does not come to its end, and whether that is the
// side's failure.
func (p *passing) broken(err error) {
	p.call.Err = blame(p.leash, err)
	if p.upload != nil && p.upload.broken() != nil {
		p.call.Err = fault.Wrap(fault.Canceled, p.upload.broken())
	}

	p.call.Broke = fault.KindOf(p.call.Err) != fault.Canceled
	p.ended(p.call.Broke)
}

// Read passes a piece on.
func (p *passing) Read(b []byte) (int, error) {
	p.wait.begin()
	n, err := p.Reader.Read(b)
	p.wait.end()

	if p.keep {
		p.more(b[:n])
	}

	switch {
	case err == nil:
	case errors.Is(err, io.EOF):
		serve.PruneTrailer(p.answer.Trailer) // It is whole by now.
		p.tell(p.keep)
		p.ended(false)
	case p.call.Err == nil:
		p.broken(err)
	}

	return n, err //nolint:wrapcheck // A reader passes on what it wraps.
}

// tell tells who waits for the body that it is there, or that it will not be.
func (p *passing) tell(whole bool) {
	use, kept := p.use, p.kept
	p.use = nil
	p.drop()

	switch {
	case use == nil:
	case whole:
		use(kept)
	default:
		use(nil)
	}
}

// Close ends the request to the side.
func (p *passing) Close() error {
	err := p.body.Close()
	p.leash.cancel(nil)
	p.tell(false)
	p.ended(false) // Nobody wants more of it.

	if p.record != nil {
		p.record.AddCall(p.call)
		p.record = nil
	}

	return err //nolint:wrapcheck // A closer passes on what it wraps.
}

// settle waits until it is known that an answer does not break off, where that
// can be known before it is passed on: it is short, and no stream. One that says
// that it is JSON has to be some.
func settle(method string, response *http.Response) error {
	isJSON := saysJSON(response.Header.Get("Content-Type"))

	switch {
	case method == http.MethodHead, response.StatusCode >= http.StatusInternalServerError:
		return nil // There is no body, or nobody wants it.
	case response.ContentLength < 0 && !isJSON, response.ContentLength > maxKept:
		return nil
	}

	body, whole, err := readHead(response)
	if err != nil {
		return err
	}

	rest := response.Body
	response.Body = struct {
		io.Reader
		io.Closer
	}{bytes.NewReader(body), rest}

	if !whole {
		response.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(bytes.NewReader(body), rest), rest}

		return nil
	}

	if isJSON && response.StatusCode == http.StatusOK && response.Header.Get("Content-Encoding") == "" && !json.Valid(body) {
		return fault.New(fault.InvalidResponse, "it says that it is JSON, and is none")
	}

	return nil
}

// readHead reads a body up to the most that is kept, and a byte more where it is
// longer.
func readHead(response *http.Response) (head []byte, whole bool, err error) {
	var buffer bytes.Buffer
	if n := response.ContentLength; n > 0 && n <= maxKept {
		buffer.Grow(int(n) + bytes.MinRead)
	}

	n, err := buffer.ReadFrom(io.LimitReader(response.Body, maxKept+1))

	return buffer.Bytes(), n <= maxKept, err
}

// saysJSON reports whether a Content-Type is that of one JSON value.
func saysJSON(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)

	return err == nil && (media == "application/json" || strings.HasSuffix(media, "+json"))
}
