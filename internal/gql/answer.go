package gql

import (
	"bytes"
	"encoding/json"
	"io"
)

// writeTo writes the answer as JSON: errors and extensions, which are rare, by
// encoding/json, and the data as the executor made them. A client may be gone.
func (a *answer) writeTo(w io.Writer) {
	if len(a.errors) == 0 && len(a.extensions) == 0 && a.data != nil {
		_, _ = io.WriteString(w, `{"data":`)
		_, _ = w.Write(a.data)
		_, _ = io.WriteString(w, `}`)

		return
	}

	between := `{`

	if len(a.errors) > 0 {
		_, _ = io.WriteString(w, `{"errors":`)
		_, _ = w.Write(encode(a.errors))
		between = `,`
	}

	if a.data != nil {
		_, _ = io.WriteString(w, between+`"data":`)
		_, _ = w.Write(a.data)
		between = `,`
	}

	if len(a.extensions) > 0 {
		_, _ = io.WriteString(w, between+`"extensions":`)
		_, _ = w.Write(encode(a.extensions))
	}

	_, _ = io.WriteString(w, `}`)
}

// encode returns v as JSON, with text as it is and not made safe for HTML.
func encode(v any) []byte {
	var body bytes.Buffer

	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)

	if err := encoder.Encode(v); err != nil {
		panic(err) // What the executor made can be encoded, or the program is wrong.
	}

	return bytes.TrimSuffix(body.Bytes(), []byte("\n"))
}
